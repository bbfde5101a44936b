import { knownAt } from '../../app/connection.ts';
import { helpKey, quitKey } from '../../app/layers.ts';
import type { SceneBinding, SceneLayer } from '../../app/screen.ts';
import { change } from '../../app/shared.ts';
import { stay } from '../../kit/binding.ts';
import type { Line } from '../../kit/lines.ts';
import { move } from '../../kit/list.ts';
import type { Pages } from '../../kit/pager.ts';
import { findLayers, type PagerAt, pagerKeys } from '../../kit/pager-keys.ts';
import { detailRowsOnce } from './details.ts';
import { fleetKeys } from './keys.ts';
import { layoutIn } from './layout.ts';
import { logRowsOnce } from './log.ts';
import { nextPaneKey } from './next-pane.ts';
import { type Reading, startReading } from './reading.ts';
import { type FleetCommand, type FleetScene, type FleetState, fleetRows, selectedInstall } from './state.ts';

type Key = SceneBinding<FleetState, FleetCommand>;
export type ReadPane = 'details' | 'log';

/** The scene as it was last known, while the host is silent. */
export const asKnown = (scene: FleetScene): FleetScene => ({
  ...scene,
  shared: { ...scene.shared, now: knownAt(scene.shared) },
});

export const readingOf = ({ own }: FleetScene): Reading =>
  own.reading.of === own.list.selected ? own.reading : startReading(own.list.selected);

/** What a pane shows of the selected VM, in the size that it has on this terminal. */
export function pagesOf(scene: FleetScene, pane: ReadPane): Pages {
  const { width, height } = layoutIn(scene)[pane];
  return { rows: paneRows(scene, pane, width), height };
}

export function paneRows(scene: FleetScene, pane: ReadPane, width: number): readonly Line[] {
  const { shared, own } = scene;
  const install = selectedInstall(scene);
  if (install === undefined) return [];
  if (pane === 'log') return logRowsOnce(install, shared.now, width);
  return detailRowsOnce(install, own.devices, own.listening, shared.host, shared.now, width);
}

const pagerAt = (pane: ReadPane): PagerAt<FleetScene> => ({
  pager: (scene) => readingOf(scene)[pane],
  put: (scene, pager) => change(scene, { reading: { ...readingOf(scene), [pane]: pager } }),
  pages: (scene) => pagesOf(asKnown(scene), pane),
});

/** Those of the table that do something with the VM one reads of. */
const works = ['start', 'stop', 'rearm', 'rearm+start', 'repair'];

const otherVm = (key: string, step: 'up' | 'down', help: string): Key => ({
  keys: [key],
  label: 'other VM',
  help,
  hidden: step === 'down',
  run: (scene) =>
    stay(
      change(scene, {
        list: move(
          scene.own.list,
          step,
          fleetRows(scene).map(({ vm }) => vm.ref),
        ),
      }),
    ),
});

const goTo = (keys: readonly [string, ...string[]], pane: FleetState['pane'], label: string, help: string): Key => ({
  keys,
  label,
  help,
  run: (scene) => stay(change(scene, { pane })),
});

const keysOf: Readonly<Record<ReadPane, readonly Key[]>> = {
  details: [
    ...pagerKeys(pagerAt('details')),
    goTo(['l'], 'log', 'log', 'its log'),
    goTo(['escape', 'enter'], 'table', 'table', 'back to the table'),
  ],
  log: [
    ...pagerKeys(pagerAt('log')),
    goTo(['enter'], 'details', 'details', 'everything known about it'),
    goTo(['escape', 'l'], 'table', 'table', 'back to the table'),
  ],
};

/** Over the table while another pane has the keys. None of them changes the VM but those that say so. */
export function paneLayers(scene: FleetScene): readonly SceneLayer<FleetState, FleetCommand>[] {
  const { pane } = scene.own;
  if (pane === 'table' || selectedInstall(scene) === undefined) return [];
  return [
    {
      keys: [
        ...keysOf[pane],
        ...fleetKeys.filter(({ label }) => works.includes(label)),
        nextPaneKey,
        otherVm('left', 'up', 'the VM before it in the table'),
        otherVm('right', 'down', 'the VM after it in the table'),
        quitKey(),
        helpKey(),
      ],
    },
    ...findLayers(scene, pagerAt(pane)),
  ];
}
