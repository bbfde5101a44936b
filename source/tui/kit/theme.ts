/** Colour by meaning. What a tone says stands in words or signs, too. */
export type Tone = 'plain' | 'dim' | 'title' | 'accent' | 'good' | 'warn' | 'bad';

/** How a tone is painted. */
export interface Paint {
  readonly color?: 'red' | 'green' | 'magenta' | 'cyan';
  readonly faint?: boolean;
}

/**
 * Of the 16 ANSI colours those that can be read on white and on black. Yellow is lost on white, blue on black, and
 * the grey called bright black is the background itself in some schemes: what is less important is faint.
 */
const inColour: Readonly<Record<Tone, Paint>> = {
  plain: {},
  dim: { faint: true },
  title: {},
  accent: { color: 'cyan' },
  good: { color: 'green' },
  warn: { color: 'magenta' },
  bad: { color: 'red' },
};

const withoutColour: typeof inColour = {
  plain: {},
  dim: { faint: true },
  title: {},
  accent: {},
  good: {},
  warn: {},
  bad: {},
};

/** What an install is to whoever looks at it: its state, or what is made of it while one watches. */
export type InstallLook =
  | 'armed'
  | 'half-armed'
  | 'fired'
  | 'installed'
  | 'disarmed'
  | 'other'
  | 'installing'
  | 'waiting'
  | 'failed'
  | 'lost'
  | 'quiet'
  | 'erased';

/** Each look in a word and a tone; its sign is among the glyphs. */
export const installLooks: Readonly<Record<InstallLook, { readonly word: string; readonly tone: Tone }>> = {
  armed: { word: 'armed', tone: 'accent' },
  'half-armed': { word: 'half-armed', tone: 'warn' },
  fired: { word: 'fired', tone: 'warn' },
  installed: { word: 'installed', tone: 'good' },
  disarmed: { word: 'disarmed', tone: 'good' },
  other: { word: 'other', tone: 'dim' },
  installing: { word: 'installing', tone: 'accent' },
  waiting: { word: 'waits for a key', tone: 'warn' },
  failed: { word: 'failed', tone: 'bad' },
  lost: { word: 'lost', tone: 'bad' },
  quiet: { word: 'fired, no news', tone: 'warn' },
  erased: { word: 'erased at reboot', tone: 'bad' },
};

export interface Glyphs {
  readonly done: string;
  readonly wrong: string;
  readonly current: string;
  readonly open: string;
  readonly pointer: string;
  readonly on: string;
  readonly off: string;
  /** Beside a row that is ticked. */
  readonly ticked: string;
  /** Beside the head of the column that gives the order. */
  readonly rising: string;
  readonly falling: string;
  readonly full: string;
  readonly empty: string;
  readonly rule: string;
  readonly bar: string;
  readonly arrow: string;
  readonly ellipsis: string;
  readonly bullet: string;
  readonly left: string;
  readonly right: string;
  /** Before a row that stands for others. */
  readonly folded: string;
  /** One sign each, none of them used for anything else in a table. */
  readonly install: Readonly<Record<InstallLook, string>>;
  /** How keys are called in the footer; a key that is not here is called by its name. */
  readonly keys: Readonly<Record<string, string>>;
  readonly paints: Readonly<Record<Tone, Paint>>;
}

/** The same signs on a screen without colours; bold, faint and inverse stay. */
export const colourless = (glyphs: Glyphs): Glyphs => ({ ...glyphs, paints: withoutColour });

const keyNames = {
  enter: 'Enter',
  escape: 'Esc',
  tab: 'Tab',
  space: 'Space',
  pagedown: 'PgDn',
  'ctrl-c': '^C',
} as const;

export const unicode: Glyphs = {
  done: '✓',
  wrong: '✗',
  current: '●',
  open: '○',
  pointer: '❯',
  on: '◉',
  off: '◯',
  ticked: '•',
  rising: '↑',
  falling: '↓',
  full: '█',
  empty: '░',
  rule: '─',
  bar: '│',
  arrow: '→',
  ellipsis: '…',
  bullet: '·',
  left: '‹',
  right: '›',
  folded: '+',
  install: {
    armed: '◆',
    'half-armed': '◇',
    fired: '▸',
    installed: '✓',
    disarmed: '□',
    other: '◦',
    installing: '▶',
    waiting: '?',
    failed: '✗',
    lost: '‽',
    quiet: '▹',
    erased: '!',
  },
  keys: { ...keyNames, up: '↑↓', left: '←→' },
  paints: inColour,
};

/**
 * For locales that are not UTF-8: nothing above 127. A sign means one thing: what is done is `+` and what is wrong `!`
 * in every place, `>` is where one is.
 */
export const ascii: Glyphs = {
  done: '+',
  wrong: '!',
  current: '>',
  open: '.',
  pointer: '>',
  on: '[x]',
  off: '[ ]',
  ticked: 'x',
  rising: '^',
  falling: 'v',
  full: '#',
  empty: ' ',
  rule: '-',
  bar: '|',
  arrow: '->',
  ellipsis: '~',
  bullet: '-',
  left: '(',
  right: ')',
  folded: '...',
  install: {
    armed: '@',
    'half-armed': '%',
    fired: ';',
    installed: '+',
    disarmed: 'o',
    other: '_',
    installing: '=',
    waiting: '?',
    failed: '!',
    lost: '&',
    quiet: ':',
    erased: '\\',
  },
  keys: { ...keyNames, up: 'Up/Dn', left: 'Lt/Rt' },
  paints: inColour,
};

/** For the Linux console, whose fonts have 256 or 512 signs: of those above ASCII what every such font has. */
export const linuxConsole: Glyphs = {
  ...ascii,
  full: '█',
  empty: '░',
  rule: '─',
  bar: '│',
  arrow: '→',
  bullet: '·',
  keys: unicode.keys,
};

/** For whoever listens: words where a sign says something, nothing where it only decorates. */
export const spoken: Glyphs = {
  ...ascii,
  done: 'done:',
  wrong: 'failed:',
  current: 'now:',
  open: 'to do:',
  pointer: '',
  on: 'ticked:',
  off: 'not ticked:',
  full: '',
  empty: '',
  rule: '',
  bar: ',',
  arrow: 'becomes',
  ellipsis: '...',
  bullet: '',
  left: '',
  right: '',
  folded: '',
  install: Object.fromEntries(Object.keys(ascii.install).map((look) => [look, ''])) as Glyphs['install'],
};
