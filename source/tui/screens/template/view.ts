import { withoutLoader } from '../../../boot/network-boot.ts';
import type { TemplateFacts } from '../../../hosts/template.ts';
import { totalDiskSize } from '../../../operations/disks-xml.ts';
import type { StepView } from '../../../operations/plan.ts';
import { formatBytes } from '../../../text/sizes.ts';
import { cutText } from '../../../text/width.ts';
import { problemRows } from '../../app/problem-rows.ts';
import { loaderReason } from '../../app/shared.ts';
import type { View } from '../../kit/binding.ts';
import { busyRow, formRows, helpRows } from '../../kit/form-rows.ts';
import { beside, blank, foreign, type Line, line, span, title, wrapped } from '../../kit/lines.ts';
import { filterNote, noHitRows } from '../../kit/list-view.ts';
import type { Size } from '../../kit/size.ts';
import { type ScreenColumn, tableRows } from '../../kit/table.ts';
import { copyChanges, copyFields } from './copy.ts';
import {
  foldedTemplates,
  type ParameterLine,
  paramRows,
  servesAs,
  type TemplateScene,
  templateRows,
} from './state.ts';

const wide = 110;

const columns: readonly ScreenColumn<TemplateFacts, TemplateScene>[] = [
  {
    head: 'NAME',
    width: { least: 12, most: 46, share: 0.44 },
    cell: ({ name }) => name,
    tone: (item, scene) => (servesAs(scene, item) === null ? 'dim' : 'plain'),
  },
  {
    head: 'FOR FAI',
    cell: servesText,
    tone: (item, scene) => (servesAs(scene, item) === null ? 'dim' : 'good'),
  },
];

function servesText(item: TemplateFacts, scene: TemplateScene): string {
  const { vendor, release, arch, reason } = item;
  switch (servesAs(scene, item)) {
    case null:
      return `no: ${reason ?? 'does not netboot'}`;
    case 'made of it':
      return 'Enter makes one of a copy: any Debian';
    default:
      return `Enter ${vendor ? 'copies' : 'uses'} it: ${release} ${arch}, ${vendor ? 'vendor' : 'yours'}`;
  }
}

export function templateView(scene: TemplateScene, size: Size): View {
  const { own, shared } = scene;
  if (own.problem !== null) return { rows: problemRows(own.problem, size) };
  if (shared.templates.items.length === 0) return { rows: [busyRow('Reading the templates', size)] };
  const items = templateRows(scene);
  const at = items.findIndex(({ uuid }) => uuid === own.list.selected);
  if (size.width >= wide && !size.aloud) {
    const left = Math.floor(size.width * 0.55);
    const details = detailRows(scene, items[at], { ...size, width: size.width - left - 3 });
    return { rows: beside(listRows(scene, { ...size, width: left }), details, left, size.height, size.glyphs) };
  }
  const details = detailRows(scene, items[at], size);
  const height = Math.max(5, size.height - details.length - 1);
  return { rows: [...listRows(scene, { ...size, height }), blank, ...details].slice(0, size.height) };
}

function listRows(scene: TemplateScene, size: Size): Line[] {
  const rows = templateRows(scene);
  const { list } = scene.own;
  const { filter, selected } = list;
  const at = rows.findIndex(({ uuid }) => uuid === selected);
  const position = `${rows.length === 0 ? 0 : at + 1}/${rows.length}`;
  const head: Line = [
    span('Which template? ', 'title', { bold: true }),
    span(`${position}  `, 'dim'),
    ...filterNote(list, size.glyphs),
  ];
  const folded = foldRows(foldedTemplates(scene), size);
  if (rows.length === 0) {
    const none = filter === '' ? noneRows(scene, size) : noHitRows(list, 'the templates shown', size.width);
    return [head, blank, ...none, ...folded];
  }
  const room = { ...size, height: size.height - 2 - folded.length };
  return [head, ...tableRows({ columns, rows, around: scene, at, heads: false }, room), ...folded];
}

function noneRows({ shared }: TemplateScene, { width }: Size): Line[] {
  const without = loaderReason(shared);
  if (without === null) return wrapped('This host has none that FAI can boot.', width);
  return [without, ...withoutLoader].flatMap((text) => wrapped(text, width, 'warn'));
}

/** One line for the templates that cannot serve, with their number and kinds. */
function foldRows(folded: readonly TemplateFacts[], size: Size): Line[] {
  if (folded.length === 0) return [];
  const kinds = [...new Set(folded.map(({ reason }) => kindOf(reason ?? '')))].join(', ');
  const text = `${folded.length} ${folded.length === 1 ? 'other' : 'others'} that FAI cannot boot: ${kinds}`;
  return [
    [
      span(`${size.glyphs.folded} ${cutText(text, size.width - 16, size.glyphs.ellipsis)}`, 'dim'),
      span(' o', 'accent', { bold: true }),
      span(folded.length === 1 ? ' shows it' : ' shows them', 'dim'),
    ],
  ];
}

/** Why a template is nothing for FAI, in a word. */
function kindOf(reason: string): string {
  if (/HVM/.test(reason)) return 'HVM';
  if (/rhlike/.test(reason)) return 'Red Hat';
  if (/sleslike/.test(reason)) return 'SUSE';
  return 'no eliloader';
}

function detailRows(scene: TemplateScene, item: TemplateFacts | undefined, size: Size): Line[] {
  const record = scene.shared.templates.records.get(item?.uuid ?? '')?.record;
  if (item === undefined || record === undefined) return [];
  const keys = record.other_config;
  const row = (label: string, value: string): Line => [
    span(label.padEnd(20), 'dim'),
    foreign(value === '' ? '(empty)' : value, value === '' ? 'dim' : 'plain'),
  ];
  const disk = keys['disks'] === undefined ? 'none' : formatBytes(totalDiskSize(keys['disks']));
  const memory = formatBytes(record.memory_static_max);
  return [
    row('PV-bootloader', record.PV_bootloader),
    row('PV-args', record.PV_args),
    row('install-distro', keys['install-distro'] ?? ''),
    row('install-repository', keys['install-repository'] ?? ''),
    row('release, arch', [keys['debian-release'], keys['install-arch']].filter(Boolean).join(', ')),
    row('memory, disk, VCPUs', `${memory}, ${disk}, ${record.VCPUs_max}`),
    ...enterRows(scene, item, size.width),
    ...(size.height > 24 ? [blank, ...wrapped(record.name_description, size.width, 'dim')] : []),
  ];
}

const vendorsOwn = "The vendor's own is never changed: Enter makes a copy and goes on with it.";

const madeOfIt =
  'The host has no template for FAI: Enter makes one of a copy, and shows each setting that will differ.';

/** What Enter does with it. */
function enterRows(scene: TemplateScene, item: TemplateFacts, width: number): Line[] {
  const without = loaderReason(scene.shared);
  if (without !== null) return wrapped(without, width, 'warn');
  switch (servesAs(scene, item)) {
    case null:
      return wrapped(`FAI cannot use it: it ${item.reason ?? 'does not netboot'}.`, width, 'warn');
    case 'as it is':
      return [];
    case 'a copy':
      return wrapped(vendorsOwn, width, 'accent');
    case 'made of it':
      return wrapped(madeOfIt, width, 'accent');
  }
}

export function copyView(scene: TemplateScene, size: Size): View {
  const { own, shared } = scene;
  const { copy, copying, problem } = own;
  if (copy === null) return { rows: [] };
  const fields = copyFields(copy);
  const source = shared.templates.items.find(({ uuid }) => uuid === copy.source);
  return {
    rows: [
      title('Copy the template'),
      [span('of '), foreign(source?.name ?? '')],
      blank,
      ...formRows(fields, copy.form, size, !copying).rows,
      blank,
      ...helpRows(fields, copy.form, size),
      blank,
      ...wrapped('Writes one new template; the original is left as it is.', size.width, 'dim'),
      ...changeRows(copyChanges(scene), size),
      ...(copying ? [blank, busyRow('Copying', size)] : []),
      ...(problem === null ? [] : [blank, ...problemRows(problem, size)]),
    ],
  };
}

/** What will differ from the vendor's, setting by setting. */
function changeRows(steps: readonly StepView[], { width }: Size): Line[] {
  if (steps.length === 0) return [];
  const one = ({ step, before, after }: StepView): string => {
    const name = step.replace(/^(set|remove) /, '');
    if (after === '') return `${name} ${before} taken out`;
    return before === '' ? `${name} ${after}` : `${name} ${before} -> ${after}`;
  };
  return wrapped(`In it will differ: ${steps.map(one).join('; ')}.`, width);
}

const paramColumns: readonly ScreenColumn<ParameterLine, void>[] = [
  // Drawn as it is: xe aligns the names with blanks.
  { head: 'PARAMETER', cell: ({ line: text }) => text, draw: ({ line: text }) => [span(text)] },
];

export function paramsView({ own }: TemplateScene, size: Size): View {
  const { params } = own;
  if (params === null) return { rows: [] };
  const rows = paramRows(params);
  const at = Math.max(
    0,
    rows.findIndex(({ name }) => name === params.list.selected),
  );
  const chosen = rows[at];
  // The chosen value in full below: long ones such as other-config do not fit a row.
  const full =
    chosen === undefined
      ? []
      : wrapped(chosen.value === '' ? '(empty)' : chosen.value, size.width, 'plain', '  ').slice(0, 6);
  const height = Math.max(3, size.height - full.length - 3);
  return {
    rows: [
      [
        span(`All parameters ${rows.length === 0 ? 0 : at + 1}/${rows.length}`, 'title', { bold: true }),
        span('  as xe template-param-list prints them  ', 'dim'),
        ...filterNote(params.list, size.glyphs),
      ],
      ...(rows.length === 0 ? noHitRows(params.list, `${params.lines.length} parameters`, size.width) : []),
      ...tableRows({ columns: paramColumns, rows, around: undefined, at, heads: false }, { ...size, height }),
      blank,
      ...(chosen === undefined ? [] : [line(chosen.name, 'accent')]),
      ...full,
    ],
  };
}
