import type { Terminal } from '@xterm/headless';

/** The 16 ANSI colours, and what lies behind them. */
const palette = ['#1d1f21', '#cc6666', '#8cb464', '#d7af5f', '#6f9fcf', '#b294bb', '#5fb8b8', '#c5c8c6'];
const bright = ['#7f8488', '#e07a7a', '#a3cc7a', '#e8c477', '#86b6e6', '#c9abd2', '#76cfcf', '#ffffff'];
const background = '#1d1f21';
const foreground = '#d8dad9';
/** What a terminal makes of faint text: between the two. */
const faint = '#909494';

const cellWidth = 8.4;
const cellHeight = 17;
const margin = 12;

interface Look {
  readonly color: string;
  readonly back: string | null;
  readonly bold: boolean;
}

/** What is on a screen at one moment: one text element for each stretch of one look. Same cells, same bytes. */
export interface Frame {
  readonly columns: number;
  readonly rows: number;
  readonly elements: readonly string[];
}

export function frameOf(terminal: Terminal): Frame {
  const rows = Array.from({ length: terminal.rows }, (_, row) => rowElements(terminal, row));
  return { columns: terminal.cols, rows: terminal.rows, elements: rows.flat() };
}

/** The screen as a picture. */
export const screenSvg = (terminal: Terminal, title: string): string => {
  const frame = frameOf(terminal);
  return picture(frame, title, frame.elements);
};

/**
 * Frames one after the other, each for so many seconds, over and over. Whoever wants no motion sees the last one; where
 * styles are not read, all lie upon each other and the last one covers them.
 */
export function filmSvg(frames: readonly (Frame & { readonly seconds: number })[], title: string): string {
  const [first] = frames;
  if (first === undefined) throw new Error('a film of no frames');
  const whole = frames.reduce((sum, { seconds }) => sum + seconds, 0);
  const percent = (seconds: number): string => `${((100 * seconds) / whole).toFixed(2)}%`;
  let at = 0;
  const styles = frames.map(({ seconds }, index) => {
    const [from, to] = [percent(at), percent(at + seconds)];
    at += seconds;
    const hidden = index === 0 ? '' : '0%{visibility:hidden}';
    const gone = index === frames.length - 1 ? '' : `${to}{visibility:hidden}`;
    return `@keyframes f${index}{${hidden}${from}{visibility:visible}${gone}}#f${index}{animation-name:f${index}}`;
  });
  const still =
    '@media (prefers-reduced-motion:reduce){.f{animation:none;visibility:hidden}.f:last-of-type{visibility:visible}}';
  const style = `.f{animation:${whole}s step-end infinite}${styles.join('')}${still}`;
  return picture(first, title, [
    `<style>${style}</style>`,
    ...frames.flatMap(({ elements }, index) => [
      `<g class="f" id="f${index}">`,
      `<rect width="100%" height="100%" rx="8" fill="${background}"/>`,
      ...elements,
      '</g>',
    ]),
  ]);
}

function picture({ columns, rows }: Frame, title: string, body: readonly string[]): string {
  const width = columns * cellWidth + 2 * margin;
  const height = rows * cellHeight + 2 * margin;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width.toFixed(1)} ${height}" width="${width.toFixed(0)}" role="img">`,
    `<title>${escapeXml(title)}</title>`,
    `<rect width="100%" height="100%" rx="8" fill="${background}"/>`,
    '<g font-family="DejaVu Sans Mono, Menlo, Consolas, monospace" font-size="14" xml:space="preserve">',
    ...body,
    '</g>',
    '</svg>',
    '',
  ].join('\n');
}

function rowElements(terminal: Terminal, row: number): string[] {
  const line = terminal.buffer.active.getLine(terminal.buffer.active.viewportY + row);
  const elements: string[] = [];
  let from = 0;
  while (line !== undefined && from < terminal.cols) {
    const look = lookOf(line.getCell(from));
    let text = '';
    let to = from;
    while (to < terminal.cols && goesOn(look, line.getCell(to))) {
      text += line.getCell(to)?.getChars() || ' ';
      to += 1;
    }
    elements.push(...stretch(text, look, row, from, to - from));
    from = to;
  }
  return elements;
}

function stretch(text: string, look: Look, row: number, column: number, cells: number): string[] {
  const x = (margin + column * cellWidth).toFixed(1);
  const top = margin + row * cellHeight;
  const rect =
    look.back === null
      ? []
      : [
          `<rect x="${x}" y="${top}" width="${(cells * cellWidth).toFixed(1)}" height="${cellHeight}" fill="${look.back}"/>`,
        ];
  if (text.trim() === '') return rect;
  const weight = look.bold ? ' font-weight="bold"' : '';
  const length = (cells * cellWidth).toFixed(1);
  const shown = escapeXml(text);
  return [
    ...rect,
    `<text x="${x}" y="${top + 13}" textLength="${length}" lengthAdjust="spacingAndGlyphs" fill="${look.color}"${weight}>${shown}</text>`,
  ];
}

type Cell = ReturnType<NonNullable<ReturnType<Terminal['buffer']['active']['getLine']>>['getCell']>;

function lookOf(cell: Cell): Look {
  if (cell === undefined) return { color: foreground, back: null, bold: false };
  const color = cell.isDim() ? faint : cell.isFgPalette() ? indexed(cell.getFgColor()) : foreground;
  const back = cell.isBgPalette() ? indexed(cell.getBgColor()) : null;
  const bold = cell.isBold() !== 0;
  if (isBlank(cell)) return { color: foreground, back, bold: false };
  return cell.isInverse() ? { color: back ?? background, back: color, bold } : { color, back, bold };
}

// The look of letters is not seen on a blank, and may be any.
const isBlank = (cell: Cell): boolean => cell?.getChars().trim() === '' && !cell.isInverse() && cell.isBgDefault();
const goesOn = (look: Look, cell: Cell): boolean => same(look, lookOf(cell)) || (isBlank(cell) && look.back === null);
const indexed = (index: number): string => (index < 8 ? palette[index] : bright[index - 8]) ?? foreground;
const same = (a: Look, b: Look): boolean => a.color === b.color && a.back === b.back && a.bold === b.bold;
const escapeXml = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
