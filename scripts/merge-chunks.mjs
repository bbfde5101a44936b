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
 * them is found, opened and linked by itself. Those that are read whatever is asked for, because `parts` need them,
 * become one. What `entry` reads at once stays as it is: that is before Node keeps what it has compiled.
 */
export async function mergeChunks({ outputs }, folder, entry, parts) {
  const outputOf = (source) => Object.keys(outputs).find((path) => outputs[path].entryPoint === source);
  const first = reached(outputs, outputOf(entry));
  const entries = parts.map(outputOf);
  const merged = new Set(
    entries
      .flatMap((part) => [...reached(outputs, part)])
      .filter((path) => !first.has(path) && !entries.includes(path))
      .map((path) => basename(path)),
  );
  const renamed = (file, name) => `${file.replace(/\W/g, '_')}_${name}`;
  const contents = [...merged].map((file) => {
    const names = outputs[join(folder, file)].exports.map((name) => `${name} as ${renamed(file, name)}`);
    return `export { ${names.join(', ')} } from './${file}';`;
  });
  await build({
    stdin: { contents: contents.join('\n'), resolveDir: folder },
    outfile: join(folder, 'always.js'),
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node22',
    minify: true,
    legalComments: 'none',
    logLevel: 'warning',
    plugins: [
      {
        name: 'only-merged',
        setup({ onResolve }) {
          onResolve({ filter: /^\.\// }, ({ path }) =>
            merged.has(basename(path)) ? undefined : { path, external: true },
          );
        },
      },
    ],
  });
  const from = /(?:(import|export)\{([^}]*)\}from|import)"\.\/([\w-]+\.js)"/g;
  for (const file of await readdir(folder)) {
    if (merged.has(file)) await rm(join(folder, file));
    else if (file !== 'always.js') {
      const text = await readFile(join(folder, file), 'utf8');
      const pointed = text.replace(from, (whole, word, names, target) => {
        if (!merged.has(target)) return whole;
        if (word === undefined) return 'import"./always.js"';
        const moved = names.split(',').map((name) => {
          const [there, here = there] = name.split(' as ');
          return `${renamed(target, there)} as ${here}`;
        });
        return `${word}{${moved.join(',')}}from"./always.js"`;
      });
      if (pointed !== text) await writeFile(join(folder, file), pointed);
    }
  }
}
