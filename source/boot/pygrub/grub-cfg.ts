import { limits } from '../../limits/limits.ts';
import type { XenVersion } from '../releases.ts';
import { atLeast } from '../version.ts';
import {
  bootPath,
  chooseEntry,
  kernelLine,
  type Menu,
  MenuError,
  menuLines,
  menuOf,
  type OpenEntry,
  openEntry,
  readDevice,
  splitCommand,
} from './menu.ts';

/**
 * grub.cfg as pygrub of a Xen reads it (GrubConf.py, Grub2ConfigFile, 4.0 to 4.17): line by line, no shell. All
 * branches of an `if` are read, entries of submenus count flat.
 */
export function readGrubCfg(text: string, xen: XenVersion): Menu {
  const reader = new Reader(xen);
  return menuOf(() => {
    for (const line of menuLines(text)) reader.line(line);
    return reader.end();
  });
}

class Reader {
  private readonly xen: XenVersion;
  private readonly entries: OpenEntry[] = [];
  private current: OpenEntry | null = null;
  private inFunction = false;
  private submenus = 0;
  private wanted = '0';

  constructor(xen: XenVersion) {
    this.xen = xen;
  }

  line(line: string): void {
    if (this.inFunction) {
      this.inFunction = !line.startsWith('}');
    } else if (line.startsWith('function')) {
      this.inFunction = true;
    } else if (this.opens(line)) {
      return;
    } else if (line.startsWith('submenu') && atLeast(this.xen, 4, 2)) {
      this.submenus += 1;
    } else if (line.startsWith('}')) {
      this.close();
    } else {
      const [command = '', argument = ''] = splitCommand(line, 2);
      if (command === 'set') this.set(argument);
      else if (this.current !== null) this.entryLine(this.current, command, argument);
    }
  }

  end(): Menu {
    if (this.current !== null) throw new MenuError(`menuentry "${this.current.title}" has no closing brace`);
    return { ok: true, entries: this.entries, chosen: chooseEntry(this.wanted, this.entries, this.xen) };
  }

  private opens(line: string): boolean {
    // A title of that length is no title; and the pattern must not be given time.
    const match = line.length > limits.bootMenu.title ? null : menuEntry(this.xen).exec(line);
    if (match === null) return false;
    if (this.current !== null) throw new MenuError(`menuentry "${match[1]}" stands inside another`);
    this.current = openEntry(match[1] ?? '');
    return true;
  }

  private close(): void {
    if (this.current !== null) {
      this.entries.push(this.current);
      this.current = null;
    } else if (this.submenus > 0) {
      this.submenus -= 1;
    } else {
      throw new MenuError(
        'a closing brace belongs to no menuentry (an unquoted title, or a brace on a line of its own)',
      );
    }
  }

  /** Exactly a name and a value, or the reader dies: `set a=b=c`, too. */
  private set(argument: string): void {
    const parts = splitCommand(argument, 3);
    const [name = '', value = ''] = parts;
    if (parts.length !== 2) throw new MenuError(`it cannot read "set ${argument}"`);
    const bare = /^(["'])(.*)\1$/.exec(value)?.[2] ?? value;
    if (this.current !== null) {
      if (name === 'root') readDevice(bare, this.xen);
    } else if (name === 'default') {
      this.wanted = saved(bare, this.xen);
    }
  }

  private entryLine(entry: OpenEntry, command: string, argument: string): void {
    const words = atLeast(this.xen, 4, 5) ? ['linux', 'linux16'] : ['linux'];
    const initrds = atLeast(this.xen, 4, 5) ? ['initrd', 'initrd16'] : ['initrd'];
    if (words.includes(command)) {
      Object.assign(entry, kernelLine(argument, this.xen));
    } else if (initrds.includes(command)) {
      entry.initrd = bootPath(argument, this.xen);
    }
  }
}

/** A blank between title and brace is needed; before 4.5 a title ends at the last quote of the line. */
function menuEntry(xen: XenVersion): RegExp {
  if (atLeast(xen, 4, 5)) return /^menuentry ["'](.*?)["'] (.*){/;
  return atLeast(xen, 4, 1) ? /^menuentry ["'](.*)["'] (.*){/ : /^menuentry "(.*)" (.*){/;
}

/** What grub would have remembered is the first entry to pygrub. */
function saved(value: string, xen: XenVersion): string {
  if (value === '${saved_entry}' && atLeast(xen, 4, 2)) return '0';
  return value === '${next_entry}' && atLeast(xen, 4, 4) ? '0' : value;
}
