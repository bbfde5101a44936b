import type { FaiFile } from './files.ts';

/** What becomes of one file: its text after, or why it is left alone. */
export type Merged =
  | { readonly change: 'new' | 'same' | 'differs' | 'block'; readonly text: string }
  | { readonly change: 'refused'; readonly why: string };

const begin = '# >>> xenfai: guests of XenServer (kept by xenfai fai-files; write outside of these marks)';
const end = '# <<< xenfai';

/**
 * One file of ours and what stands in its place. A whole file is new, the same, or differs. A block is put behind the
 * first line of a shell script that is there, or in place of our block from before; every other byte stays.
 */
export function merge(file: FaiFile, existing: string | null): Merged {
  if (file.kind === 'whole') {
    if (existing === null) return { change: 'new', text: file.text };
    return { change: existing === file.text ? 'same' : 'differs', text: file.text };
  }
  const block = `${begin}\n${file.text}${end}\n`;
  if (existing === null) return { change: 'new', text: `#!/bin/bash\n${block}` };
  const before = withoutBlock(existing);
  if (before === null) return { change: 'refused', why: 'the mark of a block of ours begins in it and does not end' };
  const reason = noPlace(before);
  if (reason !== null) return { change: 'refused', why: reason };
  const at = before.indexOf('\n') + 1;
  const text = before.slice(0, at) + block + before.slice(at);
  return { change: text === existing ? 'same' : 'block', text };
}

/** The file as it was before our block; null when the block has no end. */
function withoutBlock(text: string): string | null {
  const from = text.indexOf(`${begin}\n`);
  if (from < 0) return text;
  const to = text.indexOf(`${end}\n`, from);
  return to < 0 ? null : text.slice(0, from) + text.slice(to + end.length + 1);
}

/** Lines of a shell go into a script of a shell only. */
function noPlace(text: string): string | null {
  const first = /^#![^\n]*\n/.exec(text)?.[0];
  if (first === undefined) return 'it has no first line "#!…": what runs it is not known';
  if (first.includes('\r')) return 'its lines end as on Windows: no shell here runs it';
  if (!/\b(ba|da|k|z)?sh\b/.test(first)) return `it is no shell script (${first.trim()})`;
  return null;
}
