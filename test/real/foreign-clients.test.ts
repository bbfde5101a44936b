import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { simulator } from '../harness.ts';
import { whereInstalled } from './needs.ts';
import { downloads } from './tools.ts';

const run = promisify(execFile);
const at = (file: string): string => join(import.meta.dirname, file);

/** What fog-xenserver stands on. */
const ofDebian = ['ruby-fog-core', 'ruby-fog-xml', 'ruby-xmlrpc'].map((name) => `/var/lib/dpkg/info/${name}.list`);

// It is among our own packages: nothing that a machine may lack. Left to itself it begins with JSON-RPC, whose answers it
// takes in version 2 only, and ends where a host fails at it.
test.each([
  ['5.6.0', 'xml-rpc'],
  ['6.5', 'xml-rpc'],
  ['7.6', 'auto'],
  ['8.3', 'auto'],
] as const)(
  'xen-api of Xen Orchestra is served as by a XenServer %s (transport %s), its events included',
  async (release, transport) => {
    const sim = await simulator({ release, vms: 3 });
    const how = transport === 'auto' ? [] : [transport];
    const { stdout } = await run(process.execPath, [at('xen-api.mjs'), sim.host, sim.password, ...how], {
      timeout: 80_000,
    });
    expect(JSON.parse(stdout)).toEqual({
      pool: 'pool',
      hosts: 1,
      vms: 3,
      refused: ['HANDLE_INVALID', 'VM', 'OpaqueRef:none'],
      cloned: true,
      description: 'a <b> & "c" ä',
    });
    await sim.stop();
  },
);

whereInstalled(
  'Ruby’s fog-xenserver is served as by a XenServer',
  ['ruby', ...ofDebian, downloads.fogXenserver],
  async () => {
    for (const release of ['5.6.0', '8.2']) {
      const sim = await simulator({ release, vms: 3 });
      const args = ['-I', downloads.fogXenserver, at('fog.rb'), sim.host, sim.password, 'Other install media'];
      const { stdout } = await run('ruby', args, { timeout: 80_000 });
      expect(JSON.parse(stdout)).toEqual({
        hosts: 1,
        servers: ['vm1', 'vm2', 'vm3'],
        template: 'Other install media',
        cloned: 'made by fog',
        storage: expect.any(Number),
        description: 'seen by fog',
        error: expect.stringContaining('HANDLE_INVALID'),
      });
      await sim.stop();
    }
  },
);
