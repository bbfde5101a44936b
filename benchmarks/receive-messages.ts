// Hears FAI's messages for a fleet of so many VMs, as a screen does, and tells its port. When it is ended, it tells the
// messages it has heard and the milliseconds of processor time that they took.
import { unknownRules } from '../source/boot/releases.ts';
import { network } from '../source/transport/network.ts';
import { Batches } from '../source/watch/batches.ts';
import { FleetFold } from '../source/watch/fleet.ts';
import { verdictOf } from '../source/watch/install.ts';
import { receiveMessages } from '../source/watch/monitor-receiver.ts';
import { type Ref, ref, vmRecord } from '../source/xapi/records.ts';

/** One that xenfai has made and armed, and whose loader has fired. */
const installing = (i: number) => {
  const mark = JSON.stringify({
    vm: `u${i}`,
    run: 'r',
    at: new Date(Date.now() - 60_000).toISOString(),
    by: 'bench',
  });
  return vmRecord.parse({
    uuid: `u${i}`,
    name_label: `vm${i}`,
    power_state: 'Running',
    domid: String(i + 1),
    PV_bootloader: 'pygrub',
    PV_args:
      'ip=dhcp root=/dev/nfs nfsroot=10.1.1.6:/srv/fai/nfsroot boot=live FAI_FLAGS=verbose,reboot FAI_ACTION=install',
    other_config: { 'xenfai:created': mark, 'xenfai:armed': mark },
  });
};

const vms = Array.from({ length: Number(process.argv[2]) }, (_, i) => ({
  ref: ref.parse(`OpaqueRef:${i}`),
  record: installing(i),
}));
const fold = new FleetFold(unknownRules);
fold.fold({ type: 'all', vms, started: new Map(), clockAhead: 0 }, Date.now());
const changed = new Batches<Ref>({ beat: 50, first: 0 }, () => {});
const end = new AbortController();
let heard = 0;
let before = process.cpuUsage();
process.on('SIGTERM', () => end.abort());
await receiveMessages(network, 0, {
  signal: end.signal,
  onListening: (listening) => {
    before = process.cpuUsage();
    if (listening.state === 'listening') console.log(listening.port);
  },
  onMessage(message) {
    heard += 1;
    const refs = fold.fold({ type: 'message', message }, Date.now());
    changed.add(refs);
    for (const one of refs) {
      const install = fold.snapshot().byRef.get(one);
      if (install !== undefined) verdictOf(install);
    }
  },
});
changed.close();
const { user, system } = process.cpuUsage(before);
console.log(JSON.stringify({ heard, milliseconds: (user + system) / 1000 }));
