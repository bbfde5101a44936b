// Foreign text (guests, hosts, repositories, FAI messages) is kept raw in memory and in JSON and passes here on
// its way to a terminal. node:util's stripVTControlCharacters leaves lone controls and bidi overrides standing.

const escapes =
  /\u001B(?:\][^\u0007\u001B\u009C]*(?:\u0007|\u001B\\|\u009C)?|[PX^_][^\u001B\u009C]*(?:\u001B\\|\u009C)?|\[[0-?]*[ -/]*[@-~]?|[ -/]*[0-~]?)/g;
const c1Sequences = /\u009B[0-?]*[ -/]*[@-~]?|[\u0090\u0098\u009D-\u009F][^\u0007\u001B\u009C]*(?:\u0007|\u009C)?/g;
const controls = /[\u0000-\u0008\u000B-\u001F\u007F-\u009F]/g;
// What makes one name look like another: zero-width characters, bidi marks, fillers, tags and variation selectors, all
// by Unicode's own list; line separators, annotations, and the blank of Braille, which are not on it.
const invisible = /[\p{Default_Ignorable_Code_Point}\u2028\u2029\u2800\uFFF9-\uFFFB]/gu;

/** Text of many lines without escape sequences, controls or invisible marks; newlines and tabs stay. */
export function cleanText(text: string): string {
  return text
    .replace(/\r\n?/g, '\n')
    .replace(escapes, '')
    .replace(c1Sequences, '')
    .replace(controls, '')
    .replace(invisible, '')
    .toWellFormed();
}

/** The same for one line: every run of blanks, newlines included, becomes one blank. */
export function cleanLine(text: string): string {
  return cleanText(text).replace(/\s+/g, ' ').trim();
}

/** For one row of a screen: nothing that moves the cursor stays, blanks that align things do. */
export const cleanRow = (text: string): string => cleanText(text).replace(/[\n\t]/g, ' ');

/**
 * The same JSON, with nothing in it that steers a terminal or hides: JSON.stringify leaves DEL, C1 and all that is
 * invisible as they are. Such a character can stand in strings only, where \uXXXX means the same.
 */
export const escapeForJson = (json: string): string =>
  json.replace(/[\u007F-\u009F]/g, escaped).replace(invisible, escaped);

const escaped = (character: string): string =>
  character
    .split('')
    .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .join('');
