// Builds the one production bundle. Plain JavaScript, so that any Node can at least say what is wrong.
import { chmod, readFile, rm } from 'node:fs/promises';
import { build } from 'esbuild';
import { makeScript } from './make-script.mjs';
import { mergeChunks } from './merge-chunks.mjs';

/** zod has its messages in fifty languages, and nothing of ours asks for one: they were a third of what a command reads. */
const noOtherLanguages = {
  name: 'no-other-languages',
  setup({ onLoad }) {
    onLoad({ filter: /[\\/]zod[\\/]v4[\\/]locales[\\/]index\.js$/ }, () => ({
      contents: "export { default as en } from './en.js';",
    }));
  },
};

/** string-width makes the list of all emoji as soon as it is read: a tenth of a short command's time. */
const lateEmoji = {
  name: 'late-emoji',
  setup({ onLoad }) {
    onLoad({ filter: /[\\/]string-width[\\/]index\.js$/ }, async ({ path }) => {
      const [before, after] = (await readFile(path, 'utf8')).split('/^\\p{RGI_Emoji}$/v');
      if (after === undefined) throw new Error(`${path} has no list of emoji`);
      const late = `{ test(text) { return (this.made ??= new RegExp('^\\\\p{RGI_Emoji}$', 'v')).test(text); } }`;
      return { contents: `${before}${late}${after}` };
    });
  },
};

/** What is read only where something of it is used: a host on plain http needs no TLS, and the first screen no network. */
const late = [
  'child_process',
  'crypto',
  'fs/promises',
  'http',
  'https',
  'net',
  'os',
  'readline',
  'stream/promises',
  'timers/promises',
  'tls',
  'tty',
  'util',
  'zlib',
].map((name) => `node:${name}`);

/**
 * An `import` of one of Node's own modules looks at each of its exports, and some of those load half of Node: node:http
 * has WebSocket, for which undici and http2 are read. A `require` looks at nothing. esbuild then gives each importer a
 * copy of what is the module's own, and leaves what is inherited where it is: so all of it is inherited.
 */
const required = {
  name: 'required',
  setup(bundle) {
    bundle.onResolve({ filter: /^node:/ }, ({ path, kind }) =>
      // What is imported later is asked for by its names, which a `require` does not have.
      kind === 'require-call' || kind === 'dynamic-import'
        ? { path, external: true }
        : { path, namespace: 'required' },
    );
    bundle.onLoad({ filter: /.*/, namespace: 'required' }, ({ path }) => {
      const whole = `require(${JSON.stringify(path)})`;
      const names = Object.keys(process.getBuiltinModule(path)).map(
        (name) => `get ${name}() { return ${whole}.${name}; }`,
      );
      // Its methods want the process itself.
      if (path === 'node:process')
        return { contents: 'export default process; export const { cwd, env } = process;' };
      return {
        contents: `module.exports = Object.create(${late.includes(path) ? `{ ${names.join(', ')} }` : whole})`,
      };
    });
  },
};

/**
 * The screen code and the simulator stay behind dynamic imports: with splitting, `xenfai rearm` never reads them.
 * The devtools of Ink are replaced by nothing: they are only loaded when DEV is set.
 */
await rm('dist', { recursive: true, force: true });
const { metafile } = await build({
  metafile: true,
  entryPoints: { cli: 'cli.tsx', kept: 'source/settings/kept-code.ts' },
  outdir: 'dist',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node22',
  jsx: 'automatic',
  minify: true,
  legalComments: 'none',
  logLevel: 'warning',
  define: {
    'process.env.NODE_ENV': '"production"',
    // Yoga would fetch its own code from a data: URL, and Node would read undici for it.
    fetch: 'undefined',
    'Intl.Segmenter': 'LateSegmenter',
    performance: 'clock',
  },
  inject: ['scripts/late-segmenter.mjs', 'scripts/clock.mjs'],
  plugins: [noOtherLanguages, lateEmoji, required],
  alias: { 'react-devtools-core': './scripts/no-devtools.mjs', 'string-width': './scripts/string-width.mjs' },
  // Node before 22.3 has no quicker way to its own modules, and no others are required.
  banner: {
    js: "#!/usr/bin/env node\nimport { createRequire as __createRequire } from 'node:module'; const require = process.getBuiltinModule ?? __createRequire(import.meta.url);",
  },
});
await mergeChunks(metafile, 'dist', 'cli.tsx', {
  // Before Node keeps what it has compiled.
  front: ['cli.tsx', 'source/settings/kept-code.ts'],
  always: ['source/commands/surroundings.ts', 'source/commands/program.ts'],
  change: ['source/commands/rearm.ts'],
  calls: ['source/xapi/codec.ts'],
});
for (const name of ['always', 'change', 'calls']) await makeScript('dist', name);
await chmod('dist/cli.js', 0o755);
