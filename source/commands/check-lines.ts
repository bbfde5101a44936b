import type { CheckResult } from '../repository/check.ts';
import { cleanLine } from '../text/clean.ts';
import { formatBytes } from '../text/sizes.ts';
import { findingLines } from './plain.ts';

/** Files, URLs and findings of a check, for people. */
export function checkLines(result: CheckResult): string[] {
  const files = result.files.map((file) => {
    const size = file.bytes === null ? '' : `  ${formatBytes(file.bytes)}`;
    const word = file.ok ? 'ok  ' : file.detail === 'not fetched' ? '--  ' : 'FAIL';
    return `${word}  ${file.name.padEnd(9)}  ${file.status ?? '---'}${size}  ${cleanLine(file.detail)}`;
  });
  const urls = result.files.map((file) => `      ${cleanLine(file.url)}`);
  const shown = files.flatMap((line, i) => [line, urls[i] ?? '']);
  return [...shown, ...findingLines(result.findings)];
}
