// walk.ts FOLDER PART…: one attempt at these parts, in a new dom0. Logs and what was recorded go into the folder.

import '../scratch.ts';
import { startDom0 } from './dom0.ts';
import { cacheFolder } from './images.ts';
import { parts } from './parts/index.ts';
import { openSite } from './site.ts';

const [folder = '', ...names] = process.argv.slice(2);
const over = new AbortController();
const say = (text: string): void => console.log(text.trimEnd());

try {
  say('dom0 starts');
  const dom0 = await startDom0(cacheFolder, folder, over.signal);
  say('dom0 is up');
  const site = await openSite(dom0, { folder, signal: over.signal, say });
  for (const part of parts.filter(({ name }) => names.includes(name))) {
    say(`== ${part.name}`);
    // What a part has left is kept whatever becomes of it, and of the next one.
    await part.run(site).finally(() => site.recording.write(site));
  }
} catch (error) {
  say(`FAILED: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}
// Whatever still runs ends with this process, the first of its namespace.
process.exit();
