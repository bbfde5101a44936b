import type { ShellLine } from '../text/shell.ts';

/**
 * What somebody can do about a problem: a sentence, a line for a shell, or something this program does. Values, not
 * text: the command line turns an act into its command with every name quoted, the screen into its key.
 */
export type Advice = string | ShellLine | Act;

/** Something this program does, with what it is to be done to. `note` says why, or what then happens. */
export type Act = { readonly note?: string } & (
  | { readonly act: 'list-vms' | 'list-templates' | 'list-orphans' | 'list-journal' }
  /** The same once more: what is done already is seen and left alone. */
  | { readonly act: 'repeat' }
  /** The same, whatever the check says. */
  | { readonly act: 'force' }
  | { readonly act: 'preview' }
  | { readonly act: 'copy-template' | 'set-template'; readonly template: string }
  | { readonly act: 'check'; readonly vm?: string }
  | { readonly act: 'rearm' | 'repair' | 'start'; readonly vm: string }
  | { readonly act: 'stop'; readonly vm: string; readonly force?: boolean }
  /** Put the netboot files into the repository. */
  | {
      readonly act: 'stage';
      readonly from?: 'nfsroot' | 'iso';
      readonly pool?: boolean;
      readonly repack?: boolean;
      readonly release?: string;
      readonly arch?: string;
    }
  | { readonly act: 'fai-files' }
  | { readonly act: 'watch'; readonly vm?: string }
  /** Agree to the certificate of a host; without a fingerprint it is shown first. */
  | {
      readonly act: 'trust';
      readonly host: string;
      readonly via?: string;
      readonly fingerprint?: string;
      readonly legacyTls?: boolean;
    }
  /** A setting that was left out, or must be another one. */
  | { readonly act: 'give'; readonly setting: Setting; readonly value?: string }
);

/** What a flag and a field of a form both stand for. */
export type Setting =
  | 'template'
  | 'repository'
  | 'release'
  | 'arch'
  | 'args'
  | 'kernel'
  | 'initrd'
  | 'proxy'
  | 'sr'
  | 'network'
  | 'memory'
  | 'disk'
  | 'host'
  | 'via'
  | 'timeout'
  | 'force'
  | 'live-iso'
  | 'root'
  | 'url'
  | 'iso'
  | 'deb';

export const isShellLine = (advice: Advice): advice is ShellLine => typeof advice === 'object' && 'shell' in advice;
