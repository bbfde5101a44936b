import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { build } from 'esbuild';
import { inkBundle } from '../test/end-to-end/ink-bundle.ts';
import { built, Terminal } from '../test/end-to-end/terminal.ts';
import { type BenchmarkRow, inTurn, row } from './measure.ts';

const runs = 9;
const root = resolve(import.meta.dirname, '..');

/** An Ink hello world, bundled as we are bundled. */
export async function hello(folder: string): Promise<string> {
  const entry = join(folder, 'hello.tsx');
  await writeFile(
    entry,
    `import { render, Text } from 'ink';
     const app = render(<Text>Hello from Ink</Text>, { alternateScreen: true, incrementalRendering: true });
     setTimeout(() => app.unmount(), 60_000);`,
  );
  await symlink(join(root, 'node_modules'), join(folder, 'node_modules'));
  const outfile = join(folder, 'hello.mjs');
  await build({
    entryPoints: [entry],
    outfile,
    minify: true,
    ...inkBundle,
  });
  return outfile;
}

async function untilShown(args: readonly string[], text: string, env: Record<string, string> = {}): Promise<number> {
  const began = performance.now();
  const terminal = new Terminal(args, { env });
  await terminal.shows(text);
  const passed = performance.now() - began;
  terminal.kill();
  await terminal.exit;
  return passed;
}

/** From the start of the process to the first screen, against Ink's hello world. */
export async function firstFrame(): Promise<BenchmarkRow[]> {
  const folder = await mkdtemp(join(tmpdir(), 'xenfai-bench-'));
  try {
    const rival = await hello(folder);
    const env = { XENFAI_CONFIG_DIR: folder };
    const times = await inTurn(
      runs,
      () => untilShown([built], 'Which XenServer?', env),
      () => untilShown([rival], 'Hello from Ink'),
    );
    const rivalName = 'Ink hello world, same bundler';
    return [row('first frame of the screen, not the first start', ...times, 'ms', rivalName, { times: 1.3 })];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
