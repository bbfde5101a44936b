import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { build } from 'esbuild';

/**
 * Node's compile cache takes what V8 has compiled of a module before any of it runs, so each function that a command calls
 * is compiled anew by every command. Of a script V8 tells later what it has compiled: `name`.js becomes name.cjs, a
 * function of what it imports, and a module that hands it to source/settings/kept-code.ts and exports what it gives.
 * What it exports must not be assigned to later.
 */
export async function makeScript(folder, name) {
  const path = join(folder, `${name}.js`);
  const module = await readFile(path, 'utf8');
  const script = join(folder, `${name}.cjs`);
  await build({
    stdin: { contents: module, resolveDir: folder },
    outfile: script,
    bundle: true,
    format: 'cjs',
    platform: 'node',
    target: 'node22',
    minify: true,
    legalComments: 'none',
    logLevel: 'warning',
    define: { 'import.meta.url': 'scriptUrl' },
    banner: { js: '(function(module,require,scriptUrl,importPart){' },
    footer: { js: '})' },
    plugins: [
      {
        name: 'only-this',
        setup({ onResolve }) {
          onResolve({ filter: /^\.\// }, ({ path: other }) => ({ path: other, external: true }));
        },
      },
    ],
  });
  // A script has no importer of its own without a warning of Node's: neither of our parts nor of Node's modules.
  const text = (await readFile(script, 'utf8')).replaceAll(/\bimport\("(?=\.\/|node:)/g, 'importPart("');
  await writeFile(script, text);
  const hash = createHash('sha256').update(text).digest('hex').slice(0, 16);
  const imported = [...new Set([...module.matchAll(/(?:from|import)"(\.\/[\w-]+\.js)"/g)].map(([, other]) => other))];
  const exported = [...module.matchAll(/export\{([^}]*)\}/g)].flatMap(([, names]) =>
    names.split(',').map((one) => one.split(' as ').at(-1)),
  );
  await writeFile(
    path,
    [
      "import { runScript } from './front.js';",
      ...imported.map((other, index) => `import * as part${index} from '${other}';`),
      `const parts = { ${imported.map((other, index) => `'${other}': part${index}`).join(', ')} };`,
      `const script = { name: '${name}', hash: '${hash}', url: new URL('${basename(script)}', import.meta.url).href };`,
      `export const { ${exported.join(', ')} } = runScript(script, parts, (part) => import(part));`,
      '',
    ].join('\n'),
  );
}
