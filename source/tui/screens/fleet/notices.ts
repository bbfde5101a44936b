import type { Fleet } from '../../../watch/fleet.ts';
import type { Install } from '../../../watch/install.ts';
import type { Ref } from '../../../xapi/records.ts';
import { lookOf } from '../../app/installs.ts';
import type { AppCommand } from '../../app/screen.ts';

/** What a VM whose install one waits for is at; the others are nobody's news. */
type Stage = 'installing' | 'waiting' | 'failed' | 'lost';
type End = Exclude<Stage, 'installing'> | 'installed';

/** What was told of the installs so far. */
export interface News {
  readonly stages: ReadonlyMap<Ref, Stage>;
  readonly title: string;
  /** Somebody has turned it off. */
  readonly quiet: boolean;
}

export const noNews: News = { stages: new Map(), title: '', quiet: false };

function stageOf(install: Install | undefined, now: number): Stage | 'installed' | null {
  if (install === undefined) return null;
  const look = lookOf(install, now);
  switch (look) {
    case 'installing':
    case 'quiet':
      return 'installing';
    case 'waiting':
    case 'failed':
    case 'lost':
    case 'installed':
      return look;
    case 'disarmed':
      return 'installed';
    default:
      return null;
  }
}

/**
 * What follows from a change of the fleet: one notice for all installs that came to an end with it, and the title if it
 * says something else now. An end that was there when one began to look is no news.
 */
export function noticesAfter(
  news: News,
  fleet: Fleet,
  changed: Iterable<Ref>,
  now: number,
): readonly [News, readonly AppCommand[]] {
  const stages = new Map(news.stages);
  const ends: { readonly install: Install; readonly end: End }[] = [];
  for (const ref of changed) {
    const install = fleet.byRef.get(ref);
    const stage = stageOf(install, now);
    const before = stages.get(ref);
    if (stage === before) continue;
    if (stage === null || stage === 'installed') stages.delete(ref);
    else stages.set(ref, stage);
    if (
      install !== undefined &&
      before !== undefined &&
      before !== 'failed' &&
      stage !== null &&
      stage !== 'installing'
    )
      ends.push({ install, end: stage });
  }
  const title = titleOf(stages);
  const commands: AppCommand[] = [
    ...(ends.length === 0 ? [] : [{ app: 'notify', text: `xenfai: ${endsText(ends)}` } as const]),
    ...(title === news.title ? [] : [{ app: 'title', text: title } as const]),
  ];
  return [{ ...news, stages, title }, news.quiet ? [] : commands];
}

const words: Readonly<Record<End, string>> = {
  installed: 'installed',
  waiting: 'waiting for a key',
  failed: 'failed',
  lost: 'lost',
};

/** "web01 is installed"; of several how many, and who needs somebody. */
function endsText(ends: readonly { readonly install: Install; readonly end: End }[]): string {
  const [first] = ends;
  if (ends.length === 1 && first !== undefined) {
    const { install, end } = first;
    const { progress, vm } = install;
    const where = end === 'failed' && progress?.failedTask != null ? ` at ${progress.failedTask}` : '';
    return `${vm.record.name_label} ${end === 'failed' ? '' : 'is '}${words[end]}${where}`;
  }
  const count = (end: End): number => ends.filter((one) => one.end === end).length;
  const counts = (['failed', 'lost', 'waiting', 'installed'] as const)
    .filter((end) => count(end) > 0)
    .map((end) => `${count(end)} ${words[end]}`);
  return counts.join(', ');
}

function titleOf(stages: ReadonlyMap<Ref, Stage>): string {
  const all = [...stages.values()];
  const parts = (['installing', 'failed', 'waiting', 'lost'] as const)
    .map((stage) => ({ stage, count: all.filter((one) => one === stage).length }))
    .filter(({ count }) => count > 0)
    .map(({ stage, count }) => `${count} ${stage}`);
  return parts.length === 0 ? 'xenfai' : `xenfai: ${parts.join(', ')}`;
}
