import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { documents, fieldsOf } from './json-documents.ts';

const page = readFileSync(join(import.meta.dirname, '../../docs/json.md'), 'utf8');
const documented = [...page.matchAll(/^\| `([^`]+)` \|/gm)].map(([, field = '']) => field);

/** The page says what these hold once: where it stands elsewhere. */
const alike = (field: string): string =>
  field
    .replace(/^vms\[\]\.error\./, 'error.')
    .replace(/^templates\[\]\./, 'template.')
    .replace(/^check\./, '');

test('the fields that docs/json.md names are those that the commands print', async () => {
  const printed = new Set<string>();
  for (const docs of Object.values(await documents())) for (const field of fieldsOf(docs)) printed.add(alike(field));
  expect(
    [...printed].filter((field) => !documented.includes(field)),
    'not documented',
  ).toEqual([]);
  expect(
    documented.filter((field) => !printed.has(field)),
    'never printed',
  ).toEqual([]);
  expect(documented).toEqual([...new Set(documented)]);
}, 30_000);
