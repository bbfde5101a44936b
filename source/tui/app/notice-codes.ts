import { cleanLine } from '../../text/clean.ts';
import { cutText } from '../../text/width.ts';

// What a terminal is sent besides the screen. None of it moves the cursor.

/** Columns: names are foreign, and no notice is read that is longer. */
const longest = 120;
const oneLine = (text: string): string => cutText(cleanLine(text), longest);

export const bell = '\u0007';
/** A notice on the desktop: iTerm2's OSC 9, which others took over. */
export const desktopNotice = (text: string): string => `\u001b]9;${oneLine(text)}\u0007`;
/** Icon and window title. */
export const setTitle = (text: string): string => `\u001b]0;${oneLine(text)}\u0007`;
/** xterm keeps titles on a stack: what stood there before comes back. */
export const keepTitle = '\u001b[22;0t';
export const restoreTitle = '\u001b[23;0t';
