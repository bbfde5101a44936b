/** Colour by meaning. The 16 ANSI colours only, so that light and dark terminals both show them. */
export type Tone = 'plain' | 'dim' | 'title' | 'accent' | 'good' | 'warn' | 'bad';

export const colors: Readonly<Record<Tone, string | undefined>> = {
  plain: undefined,
  dim: 'gray',
  title: undefined,
  accent: 'cyan',
  good: 'green',
  warn: 'yellow',
  bad: 'red',
};

export interface Glyphs {
  readonly done: string;
  readonly current: string;
  readonly open: string;
  readonly pointer: string;
  readonly on: string;
  readonly off: string;
  readonly full: string;
  readonly empty: string;
  readonly rule: string;
  readonly bar: string;
  readonly arrow: string;
  readonly ellipsis: string;
  readonly bullet: string;
  readonly left: string;
  readonly right: string;
}

export const unicode: Glyphs = {
  done: '✓',
  current: '●',
  open: '○',
  pointer: '❯',
  on: '◉',
  off: '◯',
  full: '█',
  empty: '░',
  rule: '─',
  bar: '│',
  arrow: '→',
  ellipsis: '…',
  bullet: '·',
  left: '‹',
  right: '›',
};

/** For locales that are not UTF-8: nothing above 127. */
export const ascii: Glyphs = {
  done: '+',
  current: '*',
  open: '.',
  pointer: '>',
  on: '[x]',
  off: '[ ]',
  full: '#',
  empty: '.',
  rule: '-',
  bar: '|',
  arrow: '->',
  ellipsis: '~',
  bullet: '-',
  left: '<',
  right: '>',
};
