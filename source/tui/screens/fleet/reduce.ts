import type { SceneReduced } from '../../app/screen.ts';
import { change, type Shared, share } from '../../app/shared.ts';
import { stay } from '../../kit/binding.ts';
import { keepSelection, listAt } from '../../kit/list.ts';
import { type FleetCommand, type FleetEvent, type FleetScene, type FleetState, fleetRows } from './state.ts';

type Reduced = SceneReduced<FleetState, FleetCommand>;

/** Step 6: the VMs live, and what can be done with the selected one. */
export function reduceFleet(scene: FleetScene, event: FleetEvent): Reduced {
  const { shared } = scene;
  switch (event.type) {
    case 'fleet': {
      const now = Math.max(shared.now, event.now);
      return stay(selecting(change(share(scene, { fleet: event.fleet, now }), { following: true })));
    }
    case 'verdict':
      return stay(scene, { do: 'record-verdict', ref: event.ref, verdict: event.verdict });
    case 'listening':
      return stay(change(scene, { listening: event.listening }));
    case 'lost': {
      const lost = { reason: event.problem.message, since: shared.now, nextTry: null };
      return stay(change(share(scene, { fleet: { ...shared.fleet, lost } }), { following: false }));
    }
    case 'failed':
      // A verdict that could not be written is proven again, by whoever looks next.
      return stay(scene);
  }
}

/** A selection that is no longer to be seen is given to the first row. */
const selecting = (scene: FleetScene): FleetScene => {
  const { list } = scene.own;
  const rows = fleetRows(scene);
  if (rows.some(({ vm }) => vm.ref === list.selected)) return scene;
  const kept = keepSelection(
    list,
    rows.map(({ vm }) => vm.ref),
  );
  return change(scene, { list: kept });
};

/** Another host is followed instead, or the same anew; and what was just made must be in sight: no old filter, no old pane. */
export function noticeFleet(before: Shared, scene: FleetScene): Reduced {
  const { host, fleet, spotlight, place, followed } = scene.shared;
  if (host !== null && host === before.host && followed !== before.followed && fleet.lost?.nextTry != null)
    return stay(scene, { do: 'hurry' });
  if (host !== null && (host !== before.host || followed !== before.followed))
    return stay(change(scene, { following: false, listening: null }), { do: 'follow' });
  if (spotlight === before.spotlight || spotlight === null || place === before.place) return stay(scene);
  return stay(change(share(scene, { spotlight: null }), { pane: 'table', list: listAt(spotlight) }));
}
