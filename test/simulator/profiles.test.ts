import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { profileOf, releaseNamed, releases } from '../../source/simulator/releases/profile.ts';
import { templatesOf } from '../../source/simulator/releases/templates.ts';
import { flagProblem } from '../../source/simulator/simulate.ts';
import { type Simulator, startSimulator } from '../../source/simulator/simulator.ts';
import { ResponseReader } from '../../source/xapi/decode.ts';
import { type BareHost, caller, failure, open } from './calls.ts';
import { readRecording } from './replay.ts';

// Every release as its profile says. Facts that stand here twice are on purpose: once as the profile has them, and
// once from the source.

interface Expected {
  readonly product: string;
  readonly api: string;
  readonly debian: readonly string[];
  /** VM fields that it has, and that it does not have yet. */
  readonly fields: readonly string[];
  readonly later: readonly string[];
  readonly events: 'next' | 'from' | 'inject';
}

const squeeze = ['Debian Squeeze 6.0 (32-bit)', 'Debian Squeeze 6.0 (64-bit)'];
const wheezy = ['Debian Wheezy 7.0 (32-bit)', 'Debian Wheezy 7.0 (64-bit)'];
const lenny = 'Debian Lenny 5.0 (32-bit)';

const table: Readonly<Record<string, Expected>> = {
  '5.6.0': {
    product: '5.6.0',
    api: '1.7',
    debian: [lenny],
    fields: ['snapshot_metadata'],
    later: ['protection_policy', 'appliance', 'is_default_template', 'domain_type'],
    events: 'next',
  },
  '5.6-fp1': {
    product: '5.6.100',
    api: '1.8',
    debian: [lenny, ...squeeze],
    fields: ['protection_policy'],
    later: ['appliance', 'start_delay', 'shutdown_delay', 'order'],
    events: 'next',
  },
  '6.0': {
    product: '6.0.0',
    api: '1.9',
    debian: [lenny, ...squeeze],
    fields: ['appliance', 'order', 'start_delay', 'shutdown_delay'],
    later: ['generation_id', 'hardware_platform_version'],
    events: 'from',
  },
  '6.1': {
    product: '6.1.0',
    api: '1.10',
    debian: squeeze,
    fields: ['version'],
    later: ['hardware_platform_version'],
    events: 'inject',
  },
  '6.2': {
    product: '6.2.0',
    api: '2.0',
    debian: [...squeeze, ...wheezy],
    fields: ['generation_id'],
    later: ['hardware_platform_version', 'has_vendor_device'],
    events: 'inject',
  },
  '6.5': {
    product: '6.5.0',
    api: '2.3',
    debian: [...squeeze, ...wheezy],
    fields: ['generation_id'],
    later: ['has_vendor_device', 'is_default_template'],
    events: 'inject',
  },
  '7.2': {
    product: '7.2.0',
    api: '2.7',
    debian: [...squeeze, ...wheezy],
    fields: ['is_default_template', 'has_vendor_device', 'hardware_platform_version', 'reference_label'],
    later: ['domain_type', 'VUSBs'],
    events: 'inject',
  },
  '7.6': {
    product: '7.6.0',
    api: '2.11',
    debian: [...squeeze, ...wheezy],
    fields: ['domain_type', 'VUSBs'],
    later: ['NVRAM', 'pending_guidances'],
    events: 'inject',
  },
  '8.0': {
    product: '8.0.0',
    api: '2.12',
    debian: wheezy,
    fields: ['domain_type', 'NVRAM'],
    later: ['scheduled_to_be_resident_on'],
    events: 'inject',
  },
  '8.1': {
    product: '8.1.0',
    api: '2.14',
    debian: [],
    fields: ['NVRAM'],
    later: ['pending_guidances', 'scheduled_to_be_resident_on'],
    events: 'inject',
  },
  '8.2': {
    product: '8.2.0',
    api: '2.15',
    debian: [],
    fields: ['scheduled_to_be_resident_on'],
    later: ['pending_guidances'],
    events: 'inject',
  },
  '8.3': { product: '8.3.0', api: '2.20', debian: [], fields: ['pending_guidances'], later: [], events: 'inject' },
};

test('every release has a row here', () => expect(Object.keys(table)).toEqual(releases));

describe.each(Object.entries(table))('release %s', (release, expected) => {
  let sim: Simulator;
  let host: BareHost;
  const call = caller(() => host);

  beforeEach(async () => {
    sim = await startSimulator({ release });
    host = await open(sim);
  });
  afterEach(async () => {
    await host.close();
    await sim.stop();
  });

  test('says what it is', async () => {
    const [record] = Object.values(await call('host.get_all_records')) as Record<string, unknown>[];
    expect(record?.['software_version']).toMatchObject({ product_version: expected.product });
    expect(`${record?.['API_version_major']}.${record?.['API_version_minor']}`).toBe(expected.api);
  });

  test('has the templates and the fields of its time, and no others', async () => {
    const records = Object.values(await call('VM.get_all_records')) as Record<string, Record<string, string>>[];
    const templates = records.filter((record) => String(record['is_a_template']) === 'true');
    const debianlike = templates.filter(
      (record) =>
        record['other_config']?.['install-distro'] === 'debianlike' && /Debian/.test(String(record['name_label'])),
    );
    expect(debianlike.map((record) => String(record['name_label'])).sort()).toEqual([...expected.debian].sort());
    expect(templates.length).toBe(templatesOf(profileOf(release)).length);
    const fields = Object.keys(templates[0] ?? {});
    expect(fields).toEqual(expect.arrayContaining([...expected.fields]));
    expect(fields.filter((field) => expected.later.includes(field))).toEqual([]);
  });

  test('knows the calls of its time, and no others', async () => {
    const unknown = (method: string) => ['MESSAGE_METHOD_UNKNOWN', method];
    const inject = await failure(call('event.inject', 'pool', 'OpaqueRef:NULL'));
    if (expected.events === 'inject') expect(inject).not.toEqual(unknown('event.inject'));
    else expect(inject).toEqual(unknown('event.inject'));
    for (const field of expected.later) {
      expect(await failure(call(`VM.get_${field}`, 'OpaqueRef:NULL'))).toEqual(unknown(`VM.get_${field}`));
    }
    for (const field of expected.fields) {
      const missing = ['HANDLE_INVALID', 'VM', 'OpaqueRef:NULL'];
      expect(await failure(call(`VM.get_${field}`, 'OpaqueRef:NULL'))).toEqual(missing);
    }
  });
});

/** The struct that a recorded reply holds. */
function recordedValue(reply: string): object {
  const reader = new ResponseReader();
  reader.write(reply);
  const response = reader.end();
  const { Value } =
    'value' in response && typeof response.value === 'object' ? { Value: null, ...response.value } : {};
  return typeof Value === 'object' && Value !== null ? Value : {};
}

test('the records of 8.3 have the fields that those of a real xapi 22.31 have', () => {
  const { classes } = profileOf('8.3').model;
  const seen = new Set<string>();
  for (const line of [...readRecording('records-and-classes'), ...readRecording('xenfai-commands')]) {
    const [, name = '', one] = /<methodName>(\w+)\.get_(record|all_records)</.exec(line.request) ?? [];
    const value = name === '' ? {} : recordedValue(line.reply);
    const record = one === 'record' ? value : Object.values(value)[0];
    if (typeof record !== 'object' || Object.keys(record).length === 0 || seen.has(name)) continue;
    seen.add(name);
    const ours = [...(classes.get(name)?.fields.keys() ?? [])];
    expect([name, ...ours.sort()]).toEqual([name, ...Object.keys(record).sort()]);
  }
  expect(seen.size).toBeGreaterThan(10);
});

test('a removed message works in 6.1 and tells so from 6.2 on', async () => {
  for (const [release, answer] of [
    ['6.1', ['HANDLE_INVALID', 'host_metrics', 'x']],
    ['6.2', ['MESSAGE_REMOVED']],
  ] as const) {
    const sim = await startSimulator({ release });
    const host = await open(sim);
    expect(await failure(caller(() => host)('host_metrics.get_memory_free', 'x'))).toEqual(answer);
    await host.close();
    await sim.stop();
  }
});

test.each([
  ['5.6', '5.6.0'],
  ['5.6.0', '5.6.0'],
  ['5.6 FP1', '5.6-fp1'],
  ['5.6.100', '5.6-fp1'],
  ['6.0', '6.0'],
  ['8.3.0', '8.3'],
  ['9', null],
  ['', null],
])('%j is %j', (text, release) => expect(releaseNamed(text)).toBe(release));

test('a release that is not simulated is wrong usage, with those that are', () => {
  expect(flagProblem({ release: '9.9' })).toBe(`There is no simulated release 9.9; there is ${releases.join(', ')}.`);
  for (const release of releases) expect(flagProblem({ release })).toBe(null);
});
