import type { XenVersion } from '../releases.ts';
import { atLeast } from '../version.ts';
import {
  bootPath,
  chooseEntry,
  kernelLine,
  type Menu,
  menuLines,
  menuOf,
  type OpenEntry,
  openEntry,
  readDevice,
  splitCommand,
} from './menu.ts';

/** menu.lst as pygrub of a Xen reads it (tools/pygrub/src/GrubConf.py, GrubConfigFile, 3.4 to 4.17). */
export function readMenuLst(text: string, xen: XenVersion): Menu {
  const entries: OpenEntry[] = [];
  let wanted = '0';
  return menuOf(() => {
    for (const line of menuLines(text)) {
      if (line.startsWith('title')) {
        entries.push(openEntry(line.slice(6).trim()));
        continue;
      }
      const [command = '', argument = ''] = splitCommand(line, 2);
      const entry = entries.at(-1);
      if (entry !== undefined) readEntryLine(entry, command, argument, xen);
      else if (command === 'default') wanted = argument;
    }
    if (entries.at(-1)?.lines === 0 && atLeast(xen, 4, 0)) entries.pop();
    return { ok: true, entries, chosen: chooseEntry(wanted, entries, xen) };
  });
}

/** What follows a title belongs to it to the end of the file; the last of two equal commands wins. */
function readEntryLine(entry: OpenEntry, command: string, argument: string, xen: XenVersion): void {
  entry.lines += 1;
  if (command === 'root' || command === 'rootnoverify') {
    readDevice(argument, xen);
  } else if (command === 'kernel') {
    Object.assign(entry, kernelLine(argument, xen));
  } else if (command === 'initrd') {
    entry.initrd = bootPath(argument, xen);
  }
}
