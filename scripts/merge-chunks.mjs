import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { build } from 'esbuild';

/** Files that a file of the bundle cannot be read without, by the metafile's outputs; itself is one of them. */
function reached(outputs, file, seen = new Set()) {
  if (seen.has(file)) return seen;
  seen.add(file);
  for (const { path, kind } of outputs[file].imports)
    if (kind === 'import-statement' && path in outputs) reached(outputs, path, seen);
  return seen;
}

/**
 * esbuild makes a file of each group of modules that the same parts need: dozens, of a few lines each, and every one of
 * them is found, opened and linked by itself. Some `parts` become one with all that they need, with the name given here;
 * what several of them need goes with the first. The program's own entry keeps its file: it is what people start.
 */
export async function mergeChunks({ outputs }, folder, entry, parts) {
  const outputOf = (source) => Object.keys(outputs).find((path) => outputs[path].entryPoint === source);
  /** By the name of a file: that of the one it goes into. */
  const merged = new Map();
  for (const [name, sources] of Object.entries(parts))
    for (const path of sources.flatMap((source) => [...reached(outputs, outputOf(source))]))
      if (path !== outputOf(entry) && !merged.has(basename(path))) merged.set(basename(path), name);
  for (const name of Object.keys(parts)) {
    const files = [...merged.keys()].filter((file) => merged.get(file) === name);
    await merge(folder, name, files, outputs);
  }
  for (const file of await readdir(folder))
    if (merged.has(file)) await rm(join(folder, file));
    else await pointTo(merged, join(folder, file));
}

/** Chunks call what they export a, b, c: in the merged file their own names tell them apart. */
const renamed = (file, name) => (file.startsWith('chunk-') ? `${file.replace(/\W/g, '_')}_${name}` : name);

/** One file out of several. */
async function merge(folder, name, files, outputs) {
  const contents = files.map((file) => {
    const names = outputs[join(folder, file)].exports.map((one) => `${one} as ${renamed(file, one)}`);
    return names.length === 0 ? `import './${file}';` : `export { ${names.join(', ')} } from './${file}';`;
  });
  await build({
    stdin: { contents: contents.join('\n'), resolveDir: folder },
    outfile: join(folder, `${name}.js`),
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node22',
    minify: true,
    legalComments: 'none',
    logLevel: 'warning',
    plugins: [
      {
        name: 'only-these',
        setup({ onResolve }) {
          onResolve({ filter: /^\.\// }, ({ path }) =>
            files.includes(basename(path)) ? undefined : { path, external: true },
          );
        },
      },
    ],
  });
}

const from = /(?:(import|export)\{([^}]*)\}from|import\(?)"\.\/([\w-]+\.js)"/g;

/** Whoever imports a file that was merged imports the merged one. */
async function pointTo(merged, path) {
  const text = await readFile(path, 'utf8');
  const pointed = text.replace(from, (whole, word, names, target) => {
    const to = merged.get(target);
    if (to === undefined) return whole;
    if (word === undefined) return whole.replace(target, `${to}.js`);
    const moved = names.split(',').map((name) => {
      const [there, here = there] = name.split(' as ');
      return `${renamed(target, there)} as ${here}`;
    });
    return `${word}{${moved.join(',')}}from"./${to}.js"`;
  });
  if (pointed !== text) await writeFile(path, pointed);
}
