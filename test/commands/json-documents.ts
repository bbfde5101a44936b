import { mkdtempSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sightJson } from '../../source/commands/watch-lines.ts';
import { limits } from '../../source/limits/limits.ts';
import { ApiError } from '../../source/simulator/api-error.ts';
import { kernelImage } from '../../source/simulator/depot/kernel-image.ts';
import { readyLine } from '../../source/simulator/simulate.ts';
import type { Simulator } from '../../source/simulator/simulator.ts';
import type { Sight } from '../../source/watch/sight.ts';
import { lennyTemplate, prepareTemplate, simulator, xenfai } from '../harness.ts';

/** Documents that commands really print, by the name of the command; what goes on gives several. */
export async function documents(): Promise<Record<string, unknown[]>> {
  const sim = await simulator({ vms: 8, quirks: ['lose-pv-args'] });
  const folder = mkdtempSync(join(tmpdir(), 'xenfai-json-'));
  const env = { XENFAI_HOST: sim.host, XENFAI_PASSWORD: sim.password, XENFAI_STATE_DIR: folder };
  const printed = new Map<string, unknown[]>();
  const run = async (name: string, ...line: string[]): Promise<void> => {
    const { out } = await xenfai(sim, [...name.split(' '), ...line, '--json'], { env });
    const told = out
      .split('\n')
      .filter(Boolean)
      .map((text): unknown => JSON.parse(text));
    printed.set(name, [...(printed.get(name) ?? []), ...told]);
  };
  try {
    await prepareTemplate(sim);
    await run('status');
    await run('status', 'vm1', 'vm4', 'nobody');
    halfMade(sim, 'vm7');
    await run('status', '--orphans');
    failed(sim, 'vm6');
    await run('status');
    await run('status', 'vm2', '--watch', '--until', 'installed');
    manyDrives(sim, 'vm8');
    await run('status', 'vm8');
    await run('templates');
    await run('template show', 'FAI');
    await run('template copy', lennyTemplate, 'Second', '--dry-run');
    await run('template copy', lennyTemplate, 'Second');
    await run('template set', 'FAI', '--release', 'etch', '--dry-run');
    await run('template set', lennyTemplate, '--release', 'etch');
    await run('check', '--vm', 'vm1');
    await run('check', '--repository', 'http://127.0.0.1:1/d', '--release', 'lenny');
    writeFileSync(join(folder, 'menu.lst'), 'default 0\ntitle Debian\nkernel /vmlinuz root=/dev/xvda1\n');
    await run('check', '--disk-config', join(folder, 'menu.lst'));
    await run('create', 'new', '--template', 'FAI', '--dry-run');
    await run('create', 'new', '--template', 'FAI');
    await run('create', 'new', '--template', 'Nothing');
    for (const name of ['rearm', 'repair']) {
      await run(name, 'vm3', '--template', 'FAI', '--yes', '--dry-run');
      await run(name, 'vm3', '--template', 'FAI', '--yes');
    }
    await run('rearm', 'vm5', 'vm1', '--yes');
    sim.world.intercept = (method) => {
      if (/VM\.start$/.test(method)) throw new ApiError('HOST_NOT_ENOUGH_FREE_MEMORY', '1', '2');
      return undefined;
    };
    await run('start', 'vm1', '--force');
    sim.world.intercept = null;
    await run('start', 'vm1', '--dry-run');
    await run('stop', 'vm2', '--yes', '--force');
    await run('watch', 'vm4', 'vm8');
    const sight = {
      state: 'failed',
      task: 'partition',
      percent: 20,
      code: 710,
      text: '',
      known: 'message',
      end: 'bad',
    };
    printed.get('watch')?.push(sightJson({ name: '', uuid: '', sight: sight as Sight }, new Date(0)));
    await run('journal');
    const kernel = join(folder, 'kernel');
    writeFileSync(kernel, kernelImage({ arch: 'i386', version: '2.6.32' }));
    const root = ['--root', folder, '--release', 'lenny', '--arch', 'i386', '--force'];
    await run('stage', ...root, '--kernel', kernel, '--initrd', kernel, '--dry-run');
    await run('stage', ...root, '--kernel', kernel, '--initrd', kernel);
    await run('stage', ...root, '--kernel', kernel, '--initrd', join(folder, 'nothing'));
    await run('stage', ...root, '--kernel', kernel, '--initrd', kernel, '--url', sim.repository);
    await run('fai-files', join(folder, 'space'), '--repository', 'http://r/d');
    symlinkSync('/etc', join(folder, 'files'));
    await run('fai-files', folder, '--repository', 'http://r/d');
    printed.set('simulate', [JSON.parse(readyLine({ ...sim, tlsHost: 'https://127.0.0.1:1' }))]);
    return Object.fromEntries(printed);
  } finally {
    await sim.stop();
  }
}

function refOf({ world }: Simulator, name: string): string {
  return [...world.database.all('VM')].find(([, record]) => record['name_label'] === name)?.[0] ?? '';
}

const halfMade = (sim: Simulator, name: string): void =>
  sim.world.database.set('VM', refOf(sim, name), 'name_label', `${name} xenfai:deadbeef`);

function failed(sim: Simulator, name: string): void {
  const { database } = sim.world;
  const ref = refOf(sim, name);
  const mark = { vm: database.get('VM', ref)['uuid'], run: 'r', at: '2026-05-01T10:00:00Z', by: 'u@h' };
  database.set('VM', ref, 'PV_bootloader', 'pygrub');
  database.removeKey('VM', ref, 'other_config', 'install-distro');
  database.setKey(
    'VM',
    ref,
    'other_config',
    'xenfai:failed',
    JSON.stringify({ ...mark, task: 'partition', code: 710 }),
  );
}

/** More than are looked at. */
function manyDrives(sim: Simulator, name: string): void {
  const VM = refOf(sim, name);
  for (let userdevice = 20; userdevice < 20 + limits.devices.most; userdevice += 1)
    sim.world.database.create('VBD', { VM, VDI: 'OpaqueRef:NULL', type: 'CD', userdevice: String(userdevice) });
}

/** Keys below which the names are data, not ours. */
const open = new Set(['params', 'events[].plan']);

/** The fields of documents, as paths: `vms[].reasons[].missing`. */
export function fieldsOf(value: unknown, path = '', found = new Set<string>()): Set<string> {
  if (Array.isArray(value)) for (const one of value) fieldsOf(one, path === '' ? '' : `${path}[]`, found);
  else if (typeof value === 'object' && value !== null)
    for (const [key, inner] of Object.entries(value)) {
      const name = path === '' ? key : `${path}.${key}`;
      found.add(name);
      if (!open.has(key) && !open.has(name)) fieldsOf(inner, name, found);
    }
  return found;
}
