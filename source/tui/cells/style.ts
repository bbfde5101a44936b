/**
 * How a cell looks, as the terminal keeps it. Codes are SGR parameters; an empty colour is the terminal's own.
 * Styles are told apart by identity: `styleWith` gives the same object for the same look.
 */
export interface Style {
  readonly intensity: '' | '1' | '2';
  readonly italic: boolean;
  readonly underline: boolean;
  readonly inverse: boolean;
  readonly strike: boolean;
  readonly foreground: string;
  readonly background: string;
}

const known = new Map<string, Style>();

/** The one object for this look. */
function one(style: Style): Style {
  const name = codesOf(style).join(';');
  const found = known.get(name);
  if (found !== undefined) return found;
  known.set(name, style);
  return style;
}

export const plain: Style = one({
  intensity: '',
  italic: false,
  underline: false,
  inverse: false,
  strike: false,
  foreground: '',
  background: '',
});

/** What turns the plain look into this one. */
function codesOf(style: Style): string[] {
  const { intensity, italic, underline, inverse, strike, foreground, background } = style;
  return [
    intensity,
    italic ? '3' : '',
    underline ? '4' : '',
    inverse ? '7' : '',
    strike ? '9' : '',
    foreground,
    background,
  ].filter((code) => code !== '');
}

/** The look after an SGR sequence with these parameters. What is not known changes nothing. */
export function styleWith(style: Style, parameters: string): Style {
  let next = style;
  const codes = parameters === '' ? ['0'] : parameters.split(';');
  for (let at = 0; at < codes.length; at += 1) {
    const code = codes[at] ?? '';
    if (code === '38' || code === '48') {
      const length = codes[at + 1] === '5' ? 3 : 5;
      const colour = codes.slice(at, at + length).join(';');
      next = { ...next, ...(code === '38' ? { foreground: colour } : { background: colour }) };
      at += length - 1;
    } else {
      next = withCode(next, code);
    }
  }
  return next === style ? style : one(next);
}

function withCode(style: Style, code: string): Style {
  switch (code) {
    case '':
    case '0':
      return plain;
    case '1':
    case '2':
      return { ...style, intensity: code };
    case '22':
      return { ...style, intensity: '' };
    case '3':
    case '23':
      return { ...style, italic: code === '3' };
    case '4':
    case '24':
      return { ...style, underline: code === '4' };
    case '7':
    case '27':
      return { ...style, inverse: code === '7' };
    case '9':
    case '29':
      return { ...style, strike: code === '9' };
    case '39':
      return { ...style, foreground: '' };
    case '49':
      return { ...style, background: '' };
    default:
      if (/^(3|9)[0-7]$/.test(code)) return { ...style, foreground: code };
      if (/^(4|10)[0-7]$/.test(code)) return { ...style, background: code };
      return style;
  }
}

/** The shortest sequence from one look to another. */
export function restyle(from: Style, to: Style): string {
  if (from === to) return '';
  const changes = [
    // 22 ends bold and dim alike, so that the other one may follow it.
    ...(from.intensity === to.intensity ? [] : [from.intensity === '' ? '' : '22', to.intensity]),
    from.italic === to.italic ? '' : to.italic ? '3' : '23',
    from.underline === to.underline ? '' : to.underline ? '4' : '24',
    from.inverse === to.inverse ? '' : to.inverse ? '7' : '27',
    from.strike === to.strike ? '' : to.strike ? '9' : '29',
    from.foreground === to.foreground ? '' : to.foreground || '39',
    from.background === to.background ? '' : to.background || '49',
  ].filter((code) => code !== '');
  const step = changes.join(';');
  const codes = codesOf(to);
  const anew = codes.length === 0 ? '' : `0;${codes.join(';')}`;
  return `\u001b[${step.length <= anew.length ? step : anew}m`;
}

/** Whether one sees this look where nothing is written: a colour of letters alone is not seen on a blank. */
export const showsOnBlank = ({ underline, inverse, strike, background }: Style): boolean =>
  underline || inverse || strike || background !== '';
