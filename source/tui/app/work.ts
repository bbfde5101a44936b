import type { Ref } from '../../xapi/records.ts';

/** The answers of the form for new VMs, as they were typed. */
export interface CreateAnswers {
  readonly names: string;
  readonly memory: string;
  readonly vcpus: string;
  readonly disk: string;
  /** Uuids; empty where the host has none to choose. */
  readonly sr: string;
  readonly network: string;
}

/** What can be done with VMs that are there. */
export type VmWork = 'start' | 'stop' | 'rearm' | 'rearm and start' | 'repair';
export type Work = 'create' | VmWork;

/** A piece of work that a screen asks for. It is planned and shown before anything is done. */
export type Request =
  | { readonly work: 'create'; readonly template: string; readonly answers: CreateAnswers; readonly force: boolean }
  | {
      readonly work: VmWork;
      readonly refs: readonly Ref[];
      /** Chosen with the others, but this work is nothing for them: the plan says why. */
      readonly unfit?: readonly { readonly name: string; readonly reason: string }[];
      readonly template: string | null;
      /** Start over a failed check: the operator overrode it for these very VMs. */
      readonly force?: boolean;
      /** The plan just carried out has made these VMs: there is nothing on their disks. */
      readonly chained?: boolean;
    };
