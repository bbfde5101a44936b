import type { TemplateFacts } from '../../hosts/template.ts';
import { totalDiskSize } from '../../operations/disks-xml.ts';
import { formatBytes } from '../../text/sizes.ts';
import { beside, blank, foreign, type Line, line, span, title, toWidth, wrapped } from '../lines.ts';
import { matching, windowOf } from '../list.ts';
import type { AppState } from '../state.ts';
import { formRow, hint, problemRows, type Size } from '../view.ts';
import { templateRows } from './template.ts';

const wide = 110;

export function templateView(state: AppState, size: Size): Line[] {
  const { template } = state;
  if (template.params !== null) return paramRows(state, size);
  if (template.copy !== null) return copyRows(state, size);
  if (template.problem !== null) return problemRows(template.problem, size);
  if (template.items.length === 0) return [line(`Reading the templates${size.glyphs.ellipsis}`, 'accent')];
  const rows = templateRows(template);
  const at = rows.findIndex(({ uuid }) => uuid === template.list.selected);
  if (size.width >= wide) {
    const left = Math.floor(size.width * 0.55);
    const list = listRows(rows, at, { ...size, width: left });
    return beside(
      list,
      detailRows(state, rows[at], { ...size, width: size.width - left - 3 }),
      left,
      size.height,
      size.glyphs,
    );
  }
  const details = detailRows(state, rows[at], size);
  const listHeight = Math.max(5, size.height - details.length - 1);
  return [...listRows(rows, at, { ...size, height: listHeight }), blank, ...details].slice(0, size.height);
}

function listRows(rows: readonly TemplateFacts[], at: number, size: Size): Line[] {
  const { width, height, glyphs } = size;
  const nameWidth = Math.min(46, Math.floor(width * 0.5));
  const [first, end] = windowOf(rows.length, Math.max(0, at), height - 2);
  const shown = rows.slice(first, end).map((item, index): Line => {
    const selected = first + index === at;
    const what = item.netboot
      ? `${item.vendor ? 'vendor' : 'own'}, netboots ${item.release} ${item.arch}`
      : (item.reason ?? '');
    const marker = span(selected ? `${glyphs.pointer} ` : '  ', 'accent');
    const tone = item.netboot ? 'plain' : 'dim';
    return [
      marker,
      span(toWidth(foreign(item.name).text, nameWidth, glyphs), selected ? 'accent' : tone, { bold: selected }),
      span(' '),
      foreign(what, item.netboot ? 'good' : 'dim'),
    ];
  });
  const position = `${rows.length === 0 ? 0 : at + 1}/${rows.length}`;
  return [
    [span('Which template? ', 'title', { bold: true }), span(`${position}, those for FAI first`, 'dim')],
    ...shown,
  ];
}

function detailRows(state: AppState, item: TemplateFacts | undefined, size: Size): Line[] {
  const vm = item && state.template.records.get(item.uuid);
  if (item === undefined || vm === undefined) return [];
  const { record } = vm;
  const words = record.other_config;
  const row = (label: string, value: string, tone: 'plain' | 'dim' = 'plain'): Line => [
    span(label.padEnd(20), 'dim'),
    foreign(value === '' ? '(empty)' : value, value === '' ? 'dim' : tone),
  ];
  const disk = words['disks'] === undefined ? 'none' : formatBytes(totalDiskSize(words['disks']));
  const memory = formatBytes(record.memory_static_max);
  return [
    row('PV-bootloader', record.PV_bootloader),
    row('PV-args', record.PV_args),
    row('install-distro', words['install-distro'] ?? ''),
    row('install-repository', words['install-repository'] ?? ''),
    row('release, arch', [words['debian-release'], words['install-arch']].filter(Boolean).join(', ')),
    row('memory, disk, VCPUs', `${memory}, ${disk}, ${record.VCPUs_max}`),
    ...(item.vendor ? [line('A template of the vendor is never changed: Enter makes a copy.', 'warn')] : []),
    ...(size.height > 24 ? [blank, ...wrapped(record.name_description, size.width, 'dim')] : []),
  ];
}

function copyRows(state: AppState, size: Size): Line[] {
  const { copy, copying, items, problem } = state.template;
  if (copy === null) return [];
  const source = items.find(({ uuid }) => uuid === copy.source);
  return [
    title('Copy the template'),
    [span('of '), foreign(source?.name ?? '')],
    blank,
    formRow(
      { label: 'name', value: copy.name.value, cursor: copy.name.cursor, focused: copy.field === 0, kind: 'text' },
      size,
    ),
    formRow(
      {
        label: 'comment',
        value: copy.comment.value,
        cursor: copy.comment.cursor,
        focused: copy.field === 1,
        kind: 'text',
      },
      size,
    ),
    blank,
    hint(copy.field === 0 ? 'How the copy is called in every client.' : 'Good comments help whoever finds it later.'),
    blank,
    ...wrapped('Writes one new template; the original is left as it is.', size.width, 'dim'),
    ...(copying ? [blank, line(`Copying${size.glyphs.ellipsis}`, 'accent')] : []),
    ...(problem === null ? [] : [blank, ...problemRows(problem, size)]),
  ];
}

function paramRows(state: AppState, { width, height, glyphs }: Size): Line[] {
  const { params } = state.template;
  if (params === null) return [];
  const shown = matching(params.lines, params.list.filter, (entry) => entry.line);
  const at = Math.max(
    0,
    shown.findIndex(({ name }) => name === params.list.selected),
  );
  const chosen = shown[at];
  // The chosen value in full below: long ones such as other-config do not fit a row.
  const full =
    chosen === undefined
      ? []
      : wrapped(chosen.value === '' ? '(empty)' : chosen.value, width, 'plain', '  ').slice(0, 6);
  const listHeight = Math.max(3, height - full.length - 3);
  const [first, end] = windowOf(shown.length, at, listHeight);
  const rows = shown.slice(first, end).map((entry, index): Line => {
    const selected = first + index === at;
    return [span(selected ? glyphs.pointer : ' ', 'accent'), span(entry.line, selected ? 'accent' : 'plain')];
  });
  return [
    [
      span(`All parameters ${shown.length === 0 ? 0 : at + 1}/${shown.length}`, 'title', { bold: true }),
      span('  as xe template-param-list prints them', 'dim'),
    ],
    ...rows,
    blank,
    ...(chosen === undefined ? [] : [span(chosen.name, 'accent')].map((part) => [part])),
    ...full,
  ];
}
