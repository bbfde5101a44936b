import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Simulator } from '../../source/simulator/simulator.ts';
import { goodArgs, lennyTemplate, prepareTemplate, simulator, xenfai } from '../harness.ts';
import { type BareHost, caller, open } from '../simulator/calls.ts';

// Whoever pastes the xe lines of a plan gets what the plan would have made. A shell reads the lines, an `xe` that only
// notes its words stands in for the real one, and what the real one does with them (xen-api, cli_operations.ml) is done
// on a second host of the same seed.

let byPlan: Simulator;
let byLines: Simulator;
let host: BareHost;
const call = caller(() => host);
beforeEach(async () => {
  [byPlan, byLines] = (await Promise.all([0, 1].map(() => simulator({ vms: 4, seed: 7 })))) as [Simulator, Simulator];
  for (const sim of [byPlan, byLines]) await prepareTemplate(sim);
  host = await open(byLines);
});
afterEach(async () => {
  await host.close();
  await Promise.all([byPlan.stop(), byLines.stop()]);
});

const made = 'made-by-the-line-before';

/** The words of each call of xe, as a shell understands the lines. */
function wordsOf(lines: readonly string[]): string[][] {
  const folder = mkdtempSync(join(tmpdir(), 'xenfai-xe-'));
  const log = join(folder, 'log');
  writeFileSync(log, '');
  writeFileSync(
    join(folder, 'xe'),
    `#!/bin/sh\n{ printf '%s\\0' "$@"; printf '\\001'; } >> '${log}'\necho ${made}-$1\n`,
  );
  chmodSync(join(folder, 'xe'), 0o755);
  execFileSync('/bin/sh', ['-eu', '-c', lines.join('\n')], {
    env: { PATH: `${folder}:/usr/bin:/bin` },
    stdio: 'ignore',
  });
  return readFileSync(log, 'utf8')
    .split('\u0001')
    .filter((text) => text !== '')
    .map((text) => text.split('\0').slice(0, -1));
}

const fields: Readonly<Record<string, string>> = {
  'name-label': 'name_label',
  'name-description': 'name_description',
  'PV-args': 'PV_args',
  'PV-bootloader': 'PV_bootloader',
  'PV-bootloader-args': 'PV_bootloader_args',
  'VCPUs-max': 'VCPUs_max',
  'VCPUs-at-startup': 'VCPUs_at_startup',
};

/** One call of xe. What it prints stays known under the name it was given above. */
async function xe([command = '', ...rest]: readonly string[], printed: Map<string, string>): Promise<void> {
  const given = new Map(
    rest
      .filter((word) => word.includes('='))
      .map((word) => {
        const at = word.indexOf('=');
        const value = word.slice(at + 1);
        return [word.slice(0, at), printed.get(value) ?? value] as const;
      }),
  );
  const of = (name: string): string => given.get(name) ?? '';
  const ref = (uuid: string) => call('VM.get_by_uuid', uuid);
  const print = (value: string) => printed.set(`${made}-${command}`, value);
  switch (command) {
    case 'vm-clone':
      print(await call('VM.get_uuid', await call('VM.clone', await ref(of('uuid')), of('new-name-label'))));
      return;
    case 'vm-install': {
      // vm_install_real: a clone, a description of its own, the storage into the disks, provision.
      const vm = await call('VM.clone', await ref(of('template')), of('new-name-label'));
      await call('VM.set_name_description', vm, 'Installed via xe CLI');
      const { disks } = await call('VM.get_other_config', vm);
      await call('VM.remove_from_other_config', vm, 'disks');
      await call('VM.add_to_other_config', vm, 'disks', disks.replace(/sr=(""|'')/g, `sr="${of('sr-uuid')}"`));
      await call('VM.provision', vm);
      print(await call('VM.get_uuid', vm));
      return;
    }
    case 'vbd-list': {
      for (const vbd of await call('VM.get_VBDs', await ref(of('vm-uuid')))) {
        const { userdevice, VDI } = await call('VBD.get_record', vbd);
        if (userdevice === of('userdevice')) print(await call('VDI.get_uuid', VDI));
      }
      return;
    }
    case 'vdi-resize':
      return call('VDI.resize', await call('VDI.get_by_uuid', of('uuid')), of('disk-size'));
    case 'vm-memory-limits-set':
      return call(
        'VM.set_memory_limits',
        await ref(of('uuid')),
        ...['static-min', 'static-max', 'dynamic-min', 'dynamic-max'].map(of),
      );
    case 'vif-create': {
      const vm = await ref(of('vm-uuid'));
      const network = await call('network.get_by_uuid', of('network-uuid'));
      const rest = { MTU: '0', other_config: {}, qos_algorithm_type: '', qos_algorithm_params: {} };
      return call('VIF.create', { device: of('device'), network, VM: vm, MAC: of('mac'), ...rest });
    }
    case 'vm-param-set':
    case 'template-param-set': {
      const vm = await ref(of('uuid'));
      for (const [name, value] of given) {
        if (name === 'uuid') continue;
        const [field = '', key] = name.split(':');
        if (key === undefined) await call(`VM.set_${fields[field]}`, vm, value);
        else {
          await call('VM.remove_from_other_config', vm, key);
          await call('VM.add_to_other_config', vm, key, value);
        }
      }
      return;
    }
    case 'vm-param-remove':
    case 'template-param-remove':
      return call('VM.remove_from_other_config', await ref(of('uuid')), of('param-key'));
    case 'vm-start':
      return call('VM.start', await ref(of('uuid')), false, false);
    case 'vm-shutdown':
      return call(`VM.${of('force') === '' ? 'clean' : 'hard'}_shutdown`, await ref(of('uuid')));
    case 'vm-param-list':
    case 'template-param-list':
      return;
    default:
      throw new Error(`xe ${command} is not known to this test`);
  }
}

/** What somebody sees of a VM or template: its fields, its keys but ours, its disks and cards. */
async function seen(sim: Simulator, name: string) {
  const { database } = sim.world;
  const [record] = [...database.all('VM')].map(([, vm]) => vm).filter((vm) => vm['name_label'] === name);
  if (record === undefined) throw new Error(`there is no ${name}`);
  const keys = Object.entries(record['other_config'] as Record<string, string>)
    .filter(([key]) => !key.startsWith('xenfai:') && key !== 'mac_seed')
    // Each host has a repository of its own beside it.
    .map(([key, value]) => [key, value.replace(sim.repository, 'REPOSITORY')])
    .sort();
  const shown = [
    ...Object.values(fields),
    'is_a_template',
    'power_state',
    'HVM_boot_policy',
    'memory_static_min',
    'memory_static_max',
    'memory_dynamic_min',
    'memory_dynamic_max',
  ];
  const devices = (type: 'VBD' | 'VIF') =>
    (record[`${type}s`] as string[])
      .map((ref) => database.get(type, ref))
      .map((device) => ({
        device: device['userdevice'] ?? device['device'],
        mode: device['mode'],
        bootable: device['bootable'],
        size: database.find('VDI', String(device['VDI']))?.['virtual_size'],
        network: device['network'],
      }));
  return { fields: shown.map((field) => [field, record[field]]), keys, disks: devices('VBD'), cards: devices('VIF') };
}

describe('the xe lines of a plan make what the plan makes', () => {
  test.each<[command: string, name: string, args: readonly string[]]>([
    ['create', 'web01', ['create', 'web01', '--template', 'FAI']],
    [
      'create with sizes',
      'web01',
      [
        'create',
        'web01',
        '--template',
        'FAI',
        '--memory',
        '512M',
        '--vcpus',
        '2',
        '--disk',
        '12G',
        '--mac',
        '02:00:00:00:00:01',
      ],
    ],
    ['template copy', "it's", ['template', 'copy', lennyTemplate, "it's", '--comment', '$(id) "quoted"']],
    [
      'template copy for another system',
      'Lenny',
      ['template', 'copy', 'CentOS 5.4 (64-bit)', 'Lenny', '--release', 'lenny', '--arch', 'i386'],
    ],
    [
      'template set',
      'FAI',
      [
        'template',
        'set',
        'FAI',
        '--arch',
        'amd64',
        '--proxy',
        'http://proxy:3128',
        '--args',
        `${goodArgs} hostname=a`,
      ],
    ],
    ['rearm of an installed VM', 'vm2', ['rearm', 'vm2', '--template', 'FAI', '--yes']],
    ['rearm with other values', 'vm1', ['rearm', 'vm1', '--release', 'squeeze', '--template', 'FAI', '--yes']],
    ['start', 'vm2', ['start', 'vm2', '--force']],
  ])('%s', async (_, name, args) => {
    const preview = await xenfai(byPlan, [...args, '--dry-run', '--json']);
    const lines: string[] = preview.json.plan.flatMap((step: { xe: string }) => (step.xe === '' ? [] : [step.xe]));
    const printed = new Map<string, string>();
    for (const words of wordsOf(lines)) await xe(words, printed);
    const ran = await xenfai(byPlan, args);
    expect([ran.code, ran.err]).toEqual([0, '']);
    expect(await seen(byLines, name)).toEqual(await seen(byPlan, name));
  });
});
