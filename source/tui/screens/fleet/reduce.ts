import { type Ref, ref } from '../../../xapi/records.ts';
import { isProblem, lookOf } from '../../app/installs.ts';
import type { SceneReduced } from '../../app/screen.ts';
import { change, type Shared, share } from '../../app/shared.ts';
import { stay } from '../../kit/binding.ts';
import { keepSelection, keepTicks, listAt } from '../../kit/list.ts';
import { sortable } from './columns.ts';
import { answered, asking, noDevices, toldOfDisk, unanswered } from './known-devices.ts';
import { layoutIn } from './layout.ts';
import { noNews, noticesAfter } from './notices.ts';
import { fleetPlace } from './place.ts';
import {
  type FleetCommand,
  type FleetEvent,
  type FleetScene,
  type FleetState,
  fleetRows,
  type Sorting,
  selectedInstall,
} from './state.ts';

type Reduced = SceneReduced<FleetState, FleetCommand>;

/** Step 6: the VMs live, and what can be done with the selected one. */
export function reduceFleet(scene: FleetScene, event: FleetEvent): Reduced {
  const { shared } = scene;
  switch (event.type) {
    case 'fleet': {
      const now = Math.max(shared.now, event.now);
      const told = selecting(change(share(scene, { fleet: event.fleet, now }), { following: true }));
      return noticing(told, event.changed ?? event.fleet.byRef.keys(), now);
    }
    case 'beat':
      return noticing(scene, scene.own.news.stages.keys(), event.now);
    case 'verdict':
      return stay(scene, { do: 'record-verdict', ref: event.ref, verdict: event.verdict });
    case 'listening':
      return stay(change(scene, { listening: event.listening }));
    case 'devices':
      return stay(change(scene, { devices: answered(scene.own.devices, event.vm, event.key, event.devices) }));
    case 'disks': {
      const devices = event.news.reduce(toldOfDisk, scene.own.devices);
      return stay(devices === scene.own.devices ? scene : change(scene, { devices }));
    }
    case 'no-devices':
      return stay(change(scene, { devices: unanswered(scene.own.devices, event.vm, event.problem.message) }));
    case 'lost': {
      const { problem } = event;
      const refused = problem.code === 'certificate-changed' ? problem : undefined;
      const since = shared.fleet.lost?.since ?? shared.now;
      const lost = { reason: problem.message, since, nextTry: null, refused };
      return stay(change(share(scene, { fleet: { ...shared.fleet, lost } }), { following: false }));
    }
    case 'failed':
      // A verdict that could not be written is proven again, by whoever looks next.
      return stay(scene);
  }
}

/** Who looks elsewhere is told what has come to an end; while the host is silent nothing has. */
function noticing(scene: FleetScene, changed: Iterable<Ref>, now: number): Reduced {
  const { fleet } = scene.shared;
  if (fleet.lost !== null) return stay(scene);
  const [news, commands] = noticesAfter(scene.own.news, fleet, changed, now);
  return [change(scene, { news }), commands];
}

/** A selection that is no longer to be seen is given to the first row; a VM that is gone loses its tick. */
export const selecting = (scene: FleetScene): FleetScene => {
  const { byRef } = scene.shared.fleet;
  const list = keepTicks(scene.own.list, (id) => byRef.has(ref.parse(id)));
  const rows = fleetRows(scene);
  const there = rows.some(({ vm }) => vm.ref === list.selected);
  const kept = there
    ? list
    : keepSelection(
        list,
        rows.map(({ vm }) => vm.ref),
      );
  return kept === scene.own.list ? scene : change(scene, { list: kept });
};

/** The order by the next column; from the last one the first again. */
export function nextSorting({ head }: Sorting): Sorting {
  const at = sortable.findIndex((column) => column.head === head);
  return { head: sortable[(at + 1) % sortable.length]?.head ?? head, reversed: false };
}

/** To the next VM below that does not go on by itself, and from the last one to the first; null: there is none. */
export function toNextProblem(scene: FleetScene): FleetScene | null {
  const { own, shared } = scene;
  const rows = fleetRows(scene);
  const at = rows.findIndex(({ vm }) => vm.ref === own.list.selected);
  const round = [...rows.slice(at + 1), ...rows.slice(0, at + 1)];
  const next = round.find((install) => isProblem(lookOf(install, shared.now)));
  return next === undefined ? null : change(scene, { list: { ...own.list, selected: next.vm.ref } });
}

/** Another host is followed instead, or the same anew; and what was just made must be in sight: no old filter, no old pane. */
export function noticeFleet(before: Shared, scene: FleetScene): Reduced {
  const { host, fleet, spotlight, place, followed } = scene.shared;
  if (host !== null && host === before.host && followed !== before.followed && fleet.lost?.nextTry != null)
    return stay(scene, { do: 'hurry' });
  if (host !== null && (host !== before.host || followed !== before.followed))
    return stay(
      change(scene, {
        following: false,
        listening: null,
        devices: noDevices,
        news: { ...noNews, quiet: scene.own.news.quiet },
      }),
      { do: 'follow' },
    );
  if (spotlight === before.spotlight || spotlight === null || place === before.place) return askForDevices(scene);
  return stay(change(share(scene, { spotlight: null }), { pane: 'table', list: listAt(spotlight) }));
}

/** Of the VM whose details are in sight what it has plugged in is read, once. */
function askForDevices(scene: FleetScene): Reduced {
  const { shared, own } = scene;
  const install = selectedInstall(scene);
  const inSight = own.pane === 'details' || (own.pane !== 'log' && layoutIn(scene).sideBySide);
  if (install === undefined || !inSight || shared.place !== fleetPlace || shared.fleet.lost !== null)
    return stay(scene);
  const devices = asking(own.devices, install);
  if (devices === null) return stay(scene);
  return stay(change(scene, { devices }), { do: 'read-devices', vm: install.vm });
}
