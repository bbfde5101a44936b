import { netbootUrls, sourceOf } from '../../boot/methods/eliloader.ts';
import type { FileName } from '../../repository/check.ts';
import { formatBytes } from '../../text/sizes.ts';
import { bar, blank, foreign, type Line, line, scrolled, span, title, wrapped } from '../lines.ts';
import type { AppState, Download } from '../state.ts';
import { findingRows, problemRows, type Size } from '../view.ts';
import { stageView } from './stage-view.ts';

const names: readonly FileName[] = ['vmlinuz', 'initrd.gz'];

export function verifyView(state: AppState, size: Size): Line[] {
  const { verify } = state;
  if (verify.stage.open) return stageView(state, size);
  const rows: Line[] = [title('The netboot files, asked for as eliloader will'), blank];
  for (const name of names) rows.push(...fileRows(state, name, size));
  const result = verify.result;
  if (verify.problem !== null) rows.push(blank, ...problemRows(verify.problem, size));
  if (result !== null) {
    rows.push(verdictRow(result.ok, size), blank, ...findingRows(result.findings, size));
  } else if (verify.running) {
    rows.push(line(`Fetching${size.glyphs.ellipsis}`, 'accent'));
  }
  return scrolled(rows, verify.scroll, size.height);
}

function verdictRow(ok: boolean, { glyphs }: Size): Line {
  return ok
    ? [span(`${glyphs.done} `, 'good'), span('Both files are what this host can boot.', 'good', { bold: true })]
    : [
        span('x ', 'bad'),
        span('Started now, it would not boot.', 'bad', { bold: true }),
        span('  t puts other files there.', 'accent'),
      ];
}

function fileRows(state: AppState, name: FileName, size: Size): Line[] {
  const { verify } = state;
  const file = verify.result?.files.find((entry) => entry.name === name);
  const download = verify.downloads[name];
  const words = state.template.records.get(state.template.chosen ?? '')?.record.other_config ?? {};
  const source = { ...state.configure.plain, paths: sourceOf(words).paths };
  const urls = netbootUrls(source, state.connect.found?.loader === 2010 ? 2010 : 2012);
  const url = file?.url ?? (name === 'vmlinuz' ? urls.kernel : urls.initrd);
  const head: Line =
    file === undefined
      ? [span(name.padEnd(10), 'accent'), span(download === undefined ? 'waiting' : progressText(download, size))]
      : [
          span(`${file.ok ? size.glyphs.done : 'x'} `, file.ok ? 'good' : 'bad'),
          span(name.padEnd(10), 'accent'),
          span(file.status === null ? '' : `HTTP ${file.status}  `),
          span(
            file.bytes === null
              ? ''
              : file.bytes < 1024
                ? `${file.bytes} bytes`
                : `${formatBytes(file.bytes)} (${file.bytes} bytes)`,
          ),
        ];
  const what: Line[] = file === undefined ? [] : [[span('  '), foreign(file.detail, file.ok ? 'good' : 'bad')]];
  return [head, ...what, ...wrapped(url, size.width, 'dim', '  '), blank];
}

function progressText({ bytes, total, began, at }: Download, { glyphs }: Size): string {
  const seconds = (at - began) / 1000;
  const rate = seconds > 0.2 ? `  ${formatBytes(bytes / seconds)}/s` : '';
  if (total === null) return `${formatBytes(bytes)}${rate}`;
  return `${bar(bytes / total, 20, glyphs)} ${formatBytes(bytes)} of ${formatBytes(total)}${rate}`;
}
