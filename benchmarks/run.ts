// `npm run bench`: each row against a named rival measured in the same run, interleaved with it; `npm run bench rearm memory`
// runs some of the parts.
import { coldStart } from './cold-start.ts';
import { decoding } from './decode.ts';
import { farAway } from './far.ts';
import { firstFrame } from './first-frame.ts';
import { fleetBytes } from './fleet-bytes.ts';
import { followingEvents } from './fleet-events.ts';
import { inspecting } from './inspect.ts';
import { bytesPerKey } from './key-bytes.ts';
import type { BenchmarkRow } from './measure.ts';
import { remembering } from './memory.ts';
import { monitoring } from './monitor.ts';
import { rearming } from './rearm.ts';
import { scale } from './scale.ts';

const parts: Readonly<Record<string, () => Promise<readonly BenchmarkRow[]>>> = {
  start: coldStart,
  rearm: rearming,
  decode: decoding,
  far: farAway,
  frame: firstFrame,
  keys: bytesPerKey,
  fleet: fleetBytes,
  events: followingEvents,
  memory: remembering,
  inspect: inspecting,
  scale,
  monitor: monitoring,
};

const wanted = process.argv.length > 2 ? process.argv.slice(2) : Object.keys(parts);
const unknown = wanted.filter((name) => parts[name] === undefined);
if (unknown.length > 0) {
  console.error(`There is no ${unknown.join(', ')}; there are ${Object.keys(parts).join(', ')}.`);
  process.exit(2);
}
const rows: BenchmarkRow[] = [];
for (const name of wanted) rows.push(...((await parts[name]?.()) ?? []));

const head = ['what', 'xenfai', 'rival', 'ratio', 'at most', 'met', 'against'];
const met = ({ goal }: BenchmarkRow): string => (goal === null ? '-' : goal.met ? 'yes' : 'NO');
const table = [
  head,
  ...rows.map((row) => [row.what, row.ours, row.theirs, row.ratio, row.goal?.text ?? '-', met(row), row.rival]),
];
const widths = head.map((_, column) => Math.max(...table.map((row) => (row[column] ?? '').length)));
for (const row of table)
  console.log(
    row
      .map((cell, i) => cell.padEnd(widths[i] ?? 0))
      .join('  ')
      .trimEnd(),
  );
const goals = rows.filter(({ goal }) => goal !== null);
const missed = goals.filter(({ goal }) => goal?.met === false);
console.log(`\n${goals.length - missed.length} of ${goals.length} goals are met.`);
for (const { what, ours, ratio, goal } of missed)
  console.log(`Missed: ${what}: ${ours}, ${ratio}; at most ${goal?.text}.`);
