// In the bundle this stands for string-width, Ink's included. A row of a screen is Latin letters, lines and signs, each
// one column wide, and colours; for those neither a segmenter nor the list of all emoji is asked, which alone takes as
// long to compile as a frame to draw. What is not in these ranges goes to string-width.
import stringWidth from '../node_modules/string-width/index.js';

/** One column each, alone and beside any of the others. */
export const single =
  /^[ -~\u00a1-\u00ac\u00ae-\u02ff\u2010-\u2027\u2039-\u203d\u2190-\u2193\u2500-\u257f\u2580-\u259f\u25a0-\u25fc\u2713-\u2718\u276e-\u2771]*$/;

const colours = /\u001b\[[\d;]*m/g;

export default function widthOf(text, options) {
  if (typeof text !== 'string' || options?.countAnsiEscapeCodes) return stringWidth(text, options);
  const shown = text.includes('\u001b') ? text.replace(colours, '') : text;
  return single.test(shown) ? shown.length : stringWidth(text, options);
}
