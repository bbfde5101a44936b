import { type Dialect, dialectFacts, dialects } from '../../fai/dialects.ts';
import { flags } from '../../fai/flags.ts';
import { changeDialect, type FaiForm } from '../../fai/form.ts';
import type { ConfigureState, PlainField } from '../state.ts';

export type FieldKind = 'text' | 'choice' | 'toggle' | 'flags' | 'button';

/** One line of the form of step 3. */
export interface ConfigureField {
  readonly id: string;
  readonly label: string;
  readonly help: string;
  readonly kind: FieldKind;
  /** What a text field holds, a choice shows. */
  readonly value: (state: ConfigureState) => string;
  readonly change: (state: ConfigureState, value: string) => ConfigureState;
  readonly options?: (state: ConfigureState) => readonly string[];
}

const plain = (id: PlainField, label: string, help: string): ConfigureField => ({
  id,
  label,
  help,
  kind: 'text',
  value: (state) => state.plain[id],
  change: (state, value) => ({ ...state, plain: { ...state.plain, [id]: value } }),
});

type TextKey =
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

const put = (state: ConfigureState, change: Partial<FaiForm>): ConfigureState => ({
  ...state,
  form: { ...state.form, ...change },
});

const fai = (id: TextKey, label: string, help: string): ConfigureField => ({
  id,
  label,
  help,
  kind: 'text',
  value: (state) => state.form[id],
  change: (state, value) => put(state, { [id]: value }),
});

const choice = (
  id: TextKey,
  label: string,
  help: string,
  options: (state: ConfigureState) => readonly string[],
): ConfigureField => ({
  ...fai(id, label, help),
  kind: 'choice',
  options,
});

const dialect: ConfigureField = {
  id: 'dialect',
  label: 'FAI',
  help: 'How the nfsroot wants to be told where it is. It follows from the FAI release that made it.',
  kind: 'choice',
  value: ({ form }) => dialectFacts(form.dialect).label,
  change: (state, value) => ({ ...state, form: changeDialect(state.form, dialectOf(value)) }),
  options: () => dialects.map(({ label }) => label),
};

const dialectOf = (label: string): Dialect => dialects.find((entry) => entry.label === label)?.dialect ?? 'live-boot';

const overlay = choice(
  'overlay',
  'overlay word',
  'What makes the read-only root writable; any of them will do if the nfsroot knows it.',
  (state) => dialectFacts(state.form.dialect).overlay,
);

const quiet: ConfigureField = {
  id: 'quiet',
  label: 'quiet',
  help: 'Fewer messages of the kernel on the console.',
  kind: 'toggle',
  value: ({ form }) => (form.quiet ? 'yes' : 'no'),
  change: (state) => put(state, { quiet: !state.form.quiet }),
};

const flagList: ConfigureField = {
  id: 'flags',
  label: 'flags',
  help: '',
  kind: 'flags',
  value: ({ form }) => form.flags.join(','),
  change: (state) => state,
  options: ({ form }) => [
    ...flags.map(({ name }) => name),
    ...form.flags.filter((name) => !flags.some((flag) => flag.name === name)),
  ],
};

const button: ConfigureField = {
  id: 'save',
  label: 'Save to the template and verify',
  help: 'Writes what differs to the template, reads it back, and then fetches both netboot files.',
  kind: 'button',
  value: () => '',
  change: (state) => state,
};

/** The fields for this dialect, in order; the last one is the button. */
export function configureFields({ form }: ConfigureState): readonly ConfigureField[] {
  const modern = form.dialect !== 'live-boot';
  return [
    plain(
      'repository',
      'repository',
      'Where dists/ is, as dom0 reaches it: http://server/path. eliloader knows no https.',
    ),
    plain('release', 'release', 'Code name in the path dists/<release>/, such as lenny.'),
    plain('arch', 'architecture', 'i386 or amd64: the path has installer-<arch>.'),
    plain('proxy', 'proxy', 'install-proxy for dom0; empty for none.'),
    dialect,
    fai(
      'nfsroot',
      'nfsroot',
      form.dialect === 'http' ? 'URL of the squashfs image.' : 'SERVER:/path; an IP address is safer than a name.',
    ),
    ...(modern ? [overlay] : []),
    flagList,
    choice('action', 'action', 'install writes to the disk; sysinfo only looks.', () => [
      'install',
      'sysinfo',
      ...(modern ? ['inventory'] : []),
    ]),
    fai(
      'configSpace',
      'config space',
      modern ? 'Needed: nfs://SERVER/srv/fai/config, or git+http://…' : 'Empty: what the nfsroot was made with.',
    ),
    fai('monitor', 'monitor', 'Who gets the progress messages; this machine, for the fleet screen to show them.'),
    ...(modern ? [fai('monitorPort', 'monitor port', 'FAI_MONITOR_PORT; empty for 4711.')] : []),
    ...(modern ? [fai('sendid', 'send id', 'mac lets messages be matched to the VM; empty: its host name.')] : []),
    fai('ip', 'ip', 'dhcp, or client:server:gateway:mask:host:device:auto.'),
    fai('console', 'console', 'hvc0 is the console of a PV guest.'),
    quiet,
    fai('extra', 'extra words', 'Everything else for the kernel line, as it is.'),
    button,
  ];
}

export function flagHelp(state: ConfigureState): string {
  const names = flagList.options?.(state) ?? [];
  const name = names[state.flag] ?? '';
  return `${name}: ${flags.find((flag) => flag.name === name)?.help ?? 'FAI does not know this one'}.`;
}
