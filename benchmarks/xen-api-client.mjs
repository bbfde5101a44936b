// What benchmarks/far.ts lets xen-api do: `list`, or `rearm` of vm3 with the calls that xenfai makes.
import assert from 'node:assert/strict';
import { createClient } from 'xen-api';

const [what] = process.argv.slice(2);
const auth = { user: 'root', password: process.env.XENFAI_PASSWORD };
const xapi = createClient({ url: process.env.XENFAI_HOST, auth, transport: 'xml-rpc', watchEvents: false });
await xapi.connect();
if (what === 'list') {
  const vms = await xapi.call('VM.get_all_records');
  assert(Object.keys(vms).length > 1000);
} else {
  const [, hosts, vms] = await Promise.all([
    xapi.call('pool.get_all_records'),
    xapi.call('host.get_all_records'),
    xapi.call('VM.get_all_records_where', 'field "name__label" = "vm3"'),
  ]);
  const [ref] = Object.keys(vms);
  const now = await xapi.call('host.get_servertime', Object.keys(hosts)[0]);
  await xapi.call('VM.add_to_other_config', ref, 'xenfai:armed', String(now));
  await xapi.call('VM.add_to_other_config', ref, 'install-distro', 'debianlike');
  await xapi.call('VM.set_PV_bootloader', ref, 'eliloader');
  const { PV_bootloader } = await xapi.call('VM.get_record', ref);
  assert.equal(PV_bootloader, 'eliloader');
}
await xapi.disconnect();
