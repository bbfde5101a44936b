// A slow line cuts what a key sends into pieces and joins what several keys send. Ink waits 20 ms for the rest of an
// arrow key, and takes Escape and a letter that came together for Alt: here both are put right before Ink reads them.

/** What came and is not yet known to be a key. Bytes, one to a character. */
export interface KeyBytes {
  /** The beginning of a sequence. */
  readonly held: string;
  /** Inside a bracketed paste, where nothing is a key. */
  readonly pasting: boolean;
  /** An Escape was told because its time was over: what comes next may be the rest of an arrow key. */
  readonly late: boolean;
  /** A sequence has come in pieces before: it may do so again. */
  readonly slow: boolean;
}

export const noBytes: KeyBytes = { held: '', pasting: false, late: false, slow: false };

/** Escape as no other key begins (kitty's form, which Ink reads everywhere): nothing that follows can join it. */
const escapeKey = '\u001b[27u';
const pasteStart = '\u001b[200~';
const pasteEnd = '\u001b[201~';

/** CSI with its parameters, the console's function keys, SS3; with one more Escape before it where Alt is held. */
const whole = /^\u001b{1,2}(?:\[\[[A-E]|\[[0-?]*[ -/]*[@-~]|O[0-9;]*[A-Za-z])/;
const begun = /^\u001b{1,2}(?:\[\[?|\[[0-?]*[ -/]*|O[0-9;]*)?$/;
/** The rest of an arrow key or its like, without its Escape. */
const rest = /^(?:\[[0-9;]*[A-Za-z~]|O[A-DFHP-S])/;

/** Takes what came, and gives what is whole by now. No byte is lost, but for the rest of a key that was told already. */
export function takeBytes(before: KeyBytes, chunk: string): readonly [KeyBytes, whole: string] {
  const torn = before.late ? (rest.exec(chunk)?.[0] ?? '') : '';
  let input = before.held + chunk.slice(torn.length);
  let { pasting } = before;
  let out = '';
  const cut = before.held !== '' && !pasting && whole.test(input);
  const slow = before.slow || torn !== '' || cut;
  while (input !== '') {
    if (pasting) {
      const end = input.indexOf(pasteEnd);
      const kept = end < 0 ? beginningOf(pasteEnd, input) : 0;
      const upTo = end < 0 ? input.length - kept : end + pasteEnd.length;
      out += input.slice(0, upTo);
      input = input.slice(upTo);
      if (end < 0) break;
      pasting = false;
      continue;
    }
    const at = input.indexOf('\u001b');
    out += at < 0 ? input : input.slice(0, at);
    input = at < 0 ? '' : input.slice(at);
    if (input === '' || begun.test(input)) break;
    const sequence = whole.exec(input)?.[0];
    out += sequence ?? escapeKey;
    input = input.slice(sequence?.length ?? 1);
    pasting = sequence === pasteStart;
  }
  return [{ held: input, pasting, late: false, slow }, out];
}

/** Nothing more came in time: an Escape was one. Of a sequence that stays without its end nothing is told. */
export function timeIsOver(before: KeyBytes): readonly [KeyBytes, whole: string] {
  const escapes = /^\u001b+$/.test(before.held) ? before.held.length : 0;
  return [{ ...before, held: '', late: escapes > 0 }, escapeKey.repeat(escapes)];
}

/** What is waited for: whether an Escape is a key of its own, or the end of a sequence. Null: nothing. */
export function awaited({ held, pasting }: KeyBytes): 'escape' | 'sequence' | null {
  if (pasting || held === '') return null;
  return /^\u001b+$/.test(held) ? 'escape' : 'sequence';
}

/** How many characters at the end of a text may be the beginning of the mark. */
function beginningOf(mark: string, text: string): number {
  for (let length = Math.min(mark.length - 1, text.length); length > 0; length -= 1)
    if (text.endsWith(mark.slice(0, length))) return length;
  return 0;
}
