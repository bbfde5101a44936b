// `npm start`: builds, then opens the demo. Written for any Node, because saying what is wrong is its first duty.
import { spawnSync } from 'node:child_process';

const major = Number(process.versions.node.split('.')[0]);
if (major < 22) {
  console.error(`xenfai needs Node 22 or newer, this is ${process.version}.`);
  console.error('Its own copy (the devDependency node@24) is missing: run `npm ci` with install scripts allowed.');
  process.exit(2);
}
try {
  await import('./build.mjs');
} catch (error) {
  console.error(`The build failed: ${error instanceof Error ? error.message : String(error)}`);
  console.error('If a package is missing, run `npm ci` first.');
  process.exit(1);
}
const args = process.argv.length > 2 ? process.argv.slice(2) : ['demo'];
const run = spawnSync(process.execPath, ['dist/cli.js', ...args], { stdio: 'inherit' });
process.exit(run.status ?? 1);
