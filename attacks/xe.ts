import { spawnSync } from 'node:child_process';
import * as z from 'zod/mini';
import type { Host } from '../source/hosts/host.ts';
import { isNull, nothing, type Ref, ref, vmRecord } from '../source/xapi/records.ts';
import { open } from '../test/harness.ts';
import type { Attacked } from './world.ts';

/** What a shell makes of a line: the words that xe would get. */
export function wordsOfLine(line: string): string[] {
  const { stdout, status } = spawnSync('/bin/sh', ['-c', `xe() { printf '%s\\0' "$@"; }; ${line}`]);
  if (status !== 0) throw new Error(`no line for a shell: ${line}`);
  return stdout.toString().split('\0').slice(0, -1);
}

/** Carries out removal lines as xe does it (cli_operations.ml), by calls of its own. */
export async function carryOutLines(attack: Attacked, lines: readonly string[]): Promise<void> {
  if (lines.length === 0) return;
  const host = await open(attack.sim);
  try {
    for (const line of lines) await carryOut(host, line);
  } finally {
    await host.close();
  }
}

async function carryOut({ session }: Host, line: string): Promise<void> {
  const [command, ...words] = wordsOfLine(line);
  const given = new Map(words.map((word) => [word.slice(0, word.indexOf('=')), word.slice(word.indexOf('=') + 1)]));
  const value = (name: string): string => given.get(name) ?? missing(line, name);
  switch (command) {
    case 'vm-uninstall':
      return uninstall(await session.call('VM.get_by_uuid', [value('uuid')], ref));
    case 'snapshot-uninstall':
      return uninstall(await session.call('VM.get_by_uuid', [value('snapshot-uuid')], ref));
    case 'template-uninstall':
      return uninstall(await session.call('VM.get_by_uuid', [value('template-uuid')], ref));
    case 'pool-param-remove': {
      const pool = await session.call('pool.get_by_uuid', [value('uuid')], ref);
      if (value('param-name') !== 'other-config') missing(line, 'other-config');
      await session.call('pool.remove_from_other_config', [pool, value('param-key')], nothing);
      return;
    }
    default:
      missing(line, 'a command that is known here');
  }

  /** The VM, and of its disks those that it owns. Without force=true xe would ask. */
  async function uninstall(vm: Ref): Promise<void> {
    if (value('force') !== 'true') missing(line, 'force=true');
    const record = await session.call('VM.get_record', [vm], vmRecord);
    const disks: Ref[] = [];
    for (const vbd of record.VBDs) {
      const { VDI, other_config } = await session.call('VBD.get_record', [vbd], ownedDisk);
      if (!isNull(VDI) && other_config['owner'] !== undefined) disks.push(VDI);
    }
    if (record.power_state !== 'Halted') await session.call('VM.hard_shutdown', [vm], nothing);
    await session.call('VM.destroy', [vm], nothing);
    for (const disk of disks) await session.call('VDI.destroy', [disk], nothing);
  }
}

const ownedDisk = z.object({ VDI: ref, other_config: z.record(z.string(), z.string()) });

const missing = (line: string, what: string): never => {
  throw new Error(`${line}: ${what} is missing`);
};
