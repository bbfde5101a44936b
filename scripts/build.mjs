// Builds the one production bundle. Plain JavaScript, so that any Node can at least say what is wrong.
import { chmod, rm } from 'node:fs/promises';
import { build } from 'esbuild';

/**
 * The screen code and the simulator stay behind dynamic imports: with splitting, `xenfai rearm` never reads them.
 * The devtools of Ink are replaced by nothing: they are only loaded when DEV is set.
 */
await rm('dist', { recursive: true, force: true });
await build({
  entryPoints: { cli: 'cli.tsx' },
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
  define: { 'process.env.NODE_ENV': '"production"' },
  alias: { 'react-devtools-core': './scripts/no-devtools.mjs' },
  banner: {
    js: "#!/usr/bin/env node\nimport { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
  },
});
await chmod('dist/cli.js', 0o755);
