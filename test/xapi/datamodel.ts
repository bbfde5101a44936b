import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

// What the datamodel of the API says of the messages of the classes we talk to. fixtures/datamodel.tsv is made from
// xapi's doc/data/xenapi.json (2026): name, release it came with, release it went with, lowest role that may send it, `session` where that is its
// first argument, the types of the others, the errors it may answer. What came after 8.2 is left out: nothing of it is
// needed here.

export interface DatamodelMessage {
  readonly since: string;
  /** Empty: it is still there. */
  readonly gone: string;
  /** The lowest role that may send it. */
  readonly role: string;
  readonly session: boolean;
  /** Without the session. */
  readonly params: readonly string[];
  readonly errors: readonly string[];
}

const words = (text: string, by: string): string[] => (text === '' ? [] : text.split(by));

export const datamodel: ReadonlyMap<string, DatamodelMessage> = new Map(
  readFileSync(join(import.meta.dirname, 'fixtures/datamodel.tsv'), 'utf8')
    .trimEnd()
    .split('\n')
    .map((row) => {
      const [name = '', since = '', gone = '', role = '', session = '', params = '', errors = ''] = row.split('\t');
      return [
        name,
        { since, gone, role, session: session !== '', params: words(params, '; '), errors: words(errors, ' ') },
      ];
    }),
);

/** Releases in their order, as the datamodel calls them (datamodel_types.ml). */
export const releases = `rio miami symc orlando orlando-update-1 george midnight-ride cowley boston tampa clearwater
  vgpu-tech-preview vgpu-productisation clearwater-felton clearwater-whetstone creedence cream indigo dundee ely falcon
  inverness jura kolkata lima naples quebec stockholm stockholm_psr nile`.split(/\s+/);

/** What the simulated releases are called there. */
export const releaseNames: Readonly<Record<string, string>> = {
  '5.6.0': 'midnight-ride',
  '5.6-fp1': 'cowley',
  '6.0': 'boston',
  '6.1': 'tampa',
  '6.2': 'clearwater',
  '6.5': 'creedence',
  '7.2': 'falcon',
  '7.6': 'lima',
  '8.0': 'naples',
  '8.1': 'quebec',
  '8.2': 'stockholm',
  '8.3': 'nile',
};

const classes = [...new Set([...datamodel.keys()].map((name) => name.split('.')[0]))];
const source = resolve(import.meta.dirname, '../../source');

/** Fields that are written by a name put together: `TextField` of a plan, and set-vcpus. */
const written = [
  'PV_bootloader',
  'PV_bootloader_args',
  'PV_args',
  'name_description',
  'domain_type',
  'VCPUs_max',
  'VCPUs_at_startup',
];
/** Maps that are written key by key: `KeyMap` of a plan. */
const maps = ['other_config', 'platform'];
const powered = ['clean_shutdown', 'hard_shutdown'];

/** Every message that the client's source names, without `Async.`. */
export const calledHere: readonly string[] = [
  ...new Set([
    ...readdirSync(source, { withFileTypes: true, recursive: true })
      .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name))
      .map((entry) => join(entry.parentPath, entry.name))
      .filter((file) => !file.startsWith(join(source, 'simulator')) && !/xapi\/(access|roles)\.ts$/.test(file))
      .flatMap((file) => [
        ...readFileSync(file, 'utf8').matchAll(
          new RegExp(`['\`](?:Async\\.)?((?:${classes.join('|')})\\.[a-z][A-Za-z_]*)['\`]`, 'g'),
        ),
      ])
      .map(([, name = '']) => name),
    ...written.map((field) => `VM.set_${field}`),
    ...maps.flatMap((map) => [`VM.add_to_${map}`, `VM.remove_from_${map}`]),
    ...powered.map((how) => `VM.${how}`),
  ]),
].sort();
