// `npm run bench`: ratios only, each against a named rival measured in the same run, interleaved with it.
import { coldStart } from './cold-start.ts';
import { firstFrame } from './first-frame.ts';
import { fleetBytes } from './fleet-bytes.ts';
import { followingEvents } from './fleet-events.ts';
import { inspecting } from './inspect.ts';
import { bytesPerKey } from './key-bytes.ts';
import { remembering } from './memory.ts';
import { monitoring } from './monitor.ts';
import { rearming } from './rearm.ts';
import { scale } from './scale.ts';

const rows = [
  ...(await coldStart()),
  ...(await rearming()),
  await firstFrame(),
  ...(await bytesPerKey()),
  ...(await fleetBytes()),
  ...(await followingEvents()),
  ...(await remembering()),
  ...(await inspecting()),
  ...(await scale()),
  ...(await monitoring()),
];

const head = ['what', 'xenfai', 'rival', 'ratio', 'against'];
const table = [head, ...rows.map((row) => [row.what, row.ours, row.theirs, row.ratio, row.rival])];
const widths = head.map((_, column) => Math.max(...table.map((row) => (row[column] ?? '').length)));
for (const row of table)
  console.log(
    row
      .map((cell, i) => cell.padEnd(widths[i] ?? 0))
      .join('  ')
      .trimEnd(),
  );
