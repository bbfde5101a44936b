import { needsRelease } from '../../../boot/methods/eliloader.ts';
import { type Dialect, dialectFacts, dialects } from '../../../fai/dialects.ts';
import { flags } from '../../../fai/flags.ts';
import { changeDialect, type FaiForm } from '../../../fai/form.ts';
import { buttonField, type Field, type Option, stringField } from '../../kit/form.ts';
import type { Term } from '../../kit/glossary.ts';
import { errorAt } from './field-findings.ts';
import type { Answers } from './state.ts';

type FaiText =
  | 'nfsroot'
  | 'configSpace'
  | 'monitor'
  | 'monitorPort'
  | 'sendid'
  | 'ip'
  | 'console'
  | 'extra'
  | 'action'
  | 'overlay';

const put = (values: Answers, change: Partial<FaiForm>): Answers => ({
  ...values,
  fai: { ...values.fai, ...change },
});

const fai = (id: FaiText, label: string, help: string, ...terms: readonly Term[]): Field<Answers> => ({
  id,
  label,
  help,
  terms,
  check: errorAt(id),
  kind: 'text',
  value: ({ fai: form }) => form[id],
  change: (values, value) => put(values, { [id]: value }),
});

const choice = (
  id: FaiText,
  label: string,
  help: string,
  options: (values: Answers) => readonly string[],
  ...terms: readonly Term[]
): Field<Answers> => ({
  ...fai(id, label, help, ...terms),
  kind: 'choice',
  // What a template has and we do not know stands among them.
  options: (values) => [...new Set([...options(values), values.fai[id]])].map((value) => ({ value, label: value })),
});

const dialect: Field<Answers> = {
  id: 'dialect',
  terms: ['dialect', 'nfsroot'],
  label: 'FAI',
  help: 'How the nfsroot wants to be told where it is. It follows from the FAI release that made it.',
  kind: 'choice',
  value: ({ fai: form }) => form.dialect,
  change: (values, value) => ({ ...values, fai: changeDialect(values.fai, dialectOf(value)) }),
  options: () => dialects.map((entry) => ({ value: entry.dialect, label: entry.label })),
};

const dialectOf = (value: string): Dialect =>
  dialects.find((entry) => entry.dialect === value)?.dialect ?? 'live-boot';

const overlay = choice(
  'overlay',
  'overlay word',
  'What makes the read-only root writable; any of them will do if the nfsroot knows it.',
  ({ fai: form }) => dialectFacts(form.dialect).overlay,
  'overlay',
);

const quiet: Field<Answers> = {
  id: 'quiet',
  terms: ['kernel line', 'console'],
  label: 'quiet',
  help: 'Fewer kernel messages on the console.',
  kind: 'toggle',
  value: ({ fai: form }) => (form.quiet ? 'yes' : 'no'),
  change: (values, value) => put(values, { quiet: value === 'yes' }),
};

const flagList: Field<Answers> = {
  id: 'flags',
  check: errorAt('flags'),
  terms: ['flags', 'fai'],
  label: 'flags',
  help: 'What FAI does besides installing.',
  kind: 'flags',
  value: ({ fai: form }) => form.flags.join(','),
  change: (values, value) => put(values, { flags: verboseFirst(value.split(',').filter((name) => name !== '')) }),
  options: ({ fai: form }) => [
    ...flags.map(({ name, help }) => flagOption(name, help)),
    ...form.flags
      .filter((name) => !flags.some((flag) => flag.name === name))
      .map((name) => flagOption(name, 'FAI does not know this one')),
  ],
};

const flagOption = (name: string, help: string): Option => ({ value: name, label: name, help: `${name}: ${help}.` });

/** As the page writes them. */
const verboseFirst = (names: readonly string[]): readonly string[] =>
  names.includes('verbose') ? ['verbose', ...names.filter((name) => name !== 'verbose')] : names;

const source: readonly Field<Answers>[] = [
  stringField('repository', {
    label: 'repository',
    help: 'Where dists/ is, as dom0 reaches it: http://server/path. eliloader knows no https.',
    terms: ['repository', 'netboot files', 'eliloader', 'dom0'],
    required: 'Where is the repository? Write http://server/path.',
    check: errorAt('repository'),
  }),
  stringField('release', {
    label: 'release',
    help: 'Code name in the path dists/<release>/, such as lenny.',
    terms: ['release', 'repository'],
    check: errorAt('release'),
  }),
  stringField('arch', {
    label: 'architecture',
    help: 'i386 or amd64: the path has installer-<arch>.',
    terms: ['release'],
    check: errorAt('arch'),
  }),
];

const noRelease = 'Which release? Write its code name, such as lenny.';

const proxy = stringField<'proxy', Answers>('proxy', {
  label: 'proxy',
  help: 'install-proxy for dom0; empty for none.',
  terms: ['proxy', 'dom0'],
});

const save = buttonField<Answers>(
  'Save to the template and verify',
  'Writes what differs to the template, reads it back, and then fetches both netboot files.',
);

/** The fields for this dialect, in order: what a site must fill in, what has a default, and the button. */
export function configureFields({ repository, fai: form }: Answers): readonly Field<Answers>[] {
  const modern = form.dialect !== 'live-boot';
  const nfsroot = fai(
    'nfsroot',
    'nfsroot',
    form.dialect === 'http' ? 'URL of the squashfs image.' : 'SERVER:/path; an IP address is safer than a name.',
    'nfsroot',
  );
  const configSpace = fai(
    'configSpace',
    'config space',
    modern
      ? 'Where the config space is: nfs://SERVER/srv/fai/config, or git+http://…'
      : 'Empty: what the nfsroot was made with.',
    'config space',
  );
  const others = [
    proxy,
    ...(modern ? [overlay] : []),
    flagList,
    choice(
      'action',
      'action',
      'install writes to the disk; sysinfo only looks.',
      () => ['install', 'sysinfo', ...(modern ? ['inventory'] : [])],
      'action',
      'fai',
    ),
    ...(modern ? [] : [configSpace]),
    fai('monitor', 'monitor', 'Who gets the progress messages; this machine, for the fleet to show them.', 'monitor'),
    ...(modern ? [fai('monitorPort', 'monitor port', 'FAI_MONITOR_PORT; empty for 4711.', 'monitor')] : []),
    ...(modern
      ? [fai('sendid', 'send id', 'mac lets messages be matched to the VM; empty: its host name.', 'monitor')]
      : []),
    fai('ip', 'ip', 'dhcp, or client:server:gateway:mask:host:device:auto.', 'kernel line'),
    fai('console', 'console', 'hvc0 is the console of a PV guest.', 'console', 'pv'),
    quiet,
    fai('extra', 'extra words', 'Everything else for the kernel line, as it is.', 'kernel line'),
  ];
  return [
    ...source.map((field) =>
      field.id === 'release' && needsRelease(repository, 2012) ? { ...field, required: noRelease } : field,
    ),
    dialect,
    { ...nfsroot, required: 'Where is the nfsroot? Write SERVER:/srv/fai/nfsroot.' },
    ...(modern
      ? [{ ...configSpace, required: 'Where is the config space? Write nfs://SERVER/srv/fai/config.' }]
      : []),
    ...others.map((field) => ({ ...field, folded: true })),
    save,
  ];
}
