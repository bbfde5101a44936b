import { netbootFolder, netbootUrls, sourceOf } from '../../../boot/methods/eliloader.ts';
import type { Finding } from '../../../problem/finding.ts';
import type { CheckResult, FileName } from '../../../repository/check.ts';
import { formatBytes } from '../../../text/sizes.ts';
import { adviceText } from '../../app/advice.ts';
import { findingRows, problemRows } from '../../app/problem-rows.ts';
import { chosenFacts, chosenRecord } from '../../app/templates.ts';
import type { View } from '../../kit/binding.ts';
import { busyRow, formRows, helpRows } from '../../kit/form-rows.ts';
import { bar, blank, foreign, type Line, scrolled, span, title, wrapped } from '../../kit/lines.ts';
import type { Size } from '../../kit/size.ts';
import { stageReason } from './reasons.ts';
import { type Download, stageFields, type VerifyScene } from './state.ts';

const names: readonly FileName[] = ['vmlinuz', 'initrd.gz'];

export const verifyView = (scene: VerifyScene, size: Size): View => ({
  rows: scrolled(verifyRows(scene, size), scene.own.scroll, size.height),
});

/** All of it, however much there is room for. */
export function verifyRows(scene: VerifyScene, size: Size): readonly Line[] {
  const { result, problem, running } = scene.own;
  const rows: Line[] = [title('The netboot files, fetched as eliloader will fetch them'), blank];
  for (const name of names) rows.push(...fileRows(scene, name, size));
  if (problem !== null) rows.push(blank, ...problemRows(problem, size));
  if (result !== null)
    rows.push(
      verdictRow(result, stageReason(scene) === null, size),
      blank,
      ...adviceRows(result, size),
      ...findingRows(notSaid(result), size),
    );
  else if (running) rows.push(busyRow('Fetching', size));
  return rows;
}

/** What its row says of a file that is not good is one of the findings, too. */
const saysRow = ({ message }: Finding, { files }: CheckResult): boolean =>
  files.some(({ name, ok, detail }) => !ok && message.replace(/\.$/, '') === `${name}: ${detail}`);

const notSaid = (result: CheckResult): readonly Finding[] =>
  result.findings.filter((finding) => !saysRow(finding, result));

/** What to try about the files, once where it is the same for both. */
function adviceRows(result: CheckResult, { width }: Size): Line[] {
  const said = result.findings.filter((finding) => saysRow(finding, result));
  const texts = said.flatMap(({ try: advice }) => (advice === undefined ? [] : [adviceText(advice)]));
  return [...new Set(texts)].flatMap((text) => wrapped(`Try: ${text}`, width, 'accent'));
}

function verdictRow({ ok, files }: CheckResult, staging: boolean, { glyphs }: Size): Line {
  // Where only dom0 gets them.
  if (ok && files.some(({ sha256, bytes }) => sha256 === null && bytes !== null))
    return [span(`${glyphs.done} `, 'good'), span('The loader gets both files; one was not looked into.', 'warn')];
  return ok
    ? [span(`${glyphs.done} `, 'good'), span('Both files are what this host can boot.', 'good', { bold: true })]
    : [
        span(`${glyphs.wrong} `, 'bad'),
        span('If you started a VM now, it would not boot.', 'bad', { bold: true }),
        ...(staging ? [span('  t', 'accent', { bold: true }), span(' puts other files there.')] : []),
      ];
}

function fileRows({ own, shared }: VerifyScene, name: FileName, size: Size): Line[] {
  const file = own.result?.files.find((entry) => entry.name === name);
  const download = own.downloads[name];
  const { glyphs } = size;
  const head: Line =
    file === undefined
      ? [span(name.padEnd(10), 'accent'), span(download === undefined ? 'waiting' : progressText(download, size))]
      : [
          span(`${file.ok ? glyphs.done : glyphs.wrong} `, file.ok ? 'good' : 'bad'),
          span(name.padEnd(10), 'accent'),
          span(file.status === null ? '' : `HTTP ${file.status}  `),
          span(file.bytes === null ? '' : sizeText(file.bytes)),
        ];
  const what: Line[] = file === undefined ? [] : [[span('  '), foreign(file.detail, file.ok ? 'good' : 'bad')]];
  const source = sourceOf(chosenRecord(shared.templates)?.other_config ?? {});
  const urls = netbootUrls(source, shared.host?.able.loader === 2010 ? 2010 : 2012);
  const url = file?.url ?? (name === 'vmlinuz' ? urls.kernel : urls.initrd);
  return [head, ...what, ...wrapped(url, size.width, 'dim', '  '), blank];
}

const sizeText = (bytes: number): string =>
  bytes < 1024 ? `${bytes} bytes` : `${formatBytes(bytes)} (${bytes} bytes)`;

function progressText({ bytes, total, began, at }: Download, { glyphs }: Size): string {
  const seconds = (at - began) / 1000;
  const rate = seconds > 0.2 ? `  ${formatBytes(bytes / seconds)}/s` : '';
  if (total === null) return `${formatBytes(bytes)}${rate}`;
  return `${bar(bytes / total, 20, glyphs)} ${formatBytes(bytes)} of ${formatBytes(total)}${rate}`;
}

export function stageView({ own, shared }: VerifyScene, size: Size): View {
  const { form, running, problem } = own.stage;
  const { release = '', arch = '' } = chosenFacts(shared.templates) ?? {};
  const folder = netbootFolder({ release, arch });
  return {
    rows: [
      title('Put the netboot files into the repository'),
      blank,
      ...formRows(stageFields, form, size, !running).rows,
      blank,
      ...helpRows(stageFields, form, size),
      blank,
      ...wrapped(
        `They go to ${folder}vmlinuz and initrd.gz below it. What is there is kept as .bak.`,
        size.width,
        'dim',
      ),
      ...wrapped('A kernel that cannot boot is not put there.', size.width, 'dim'),
      ...(running ? [blank, busyRow('Reading and copying', size)] : []),
      ...(problem === null ? [] : [blank, ...problemRows(problem, size)]),
    ],
  };
}
