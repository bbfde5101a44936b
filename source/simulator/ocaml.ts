// How OCaml reads numbers from text. Both throw Failure, as OCaml does.

const limits = { int: 2n ** 63n, all: 2n ** 64n };

/** `Int64.of_string`: a sign, 0x, 0o and 0b, and _ between digits are fine; blanks and overflow are not. */
export function int64OfString(text: string): number | string {
  const [, sign = '', base = '', digits = ''] = /^([-+]?)(0[xXoObBuU])?([0-9a-fA-F][0-9a-fA-F_]*)$/.exec(text) ?? [];
  const wanted = base === '' || base.toLowerCase() === '0u' ? /^[0-9_]+$/ : digitsOf[base.toLowerCase()];
  if (!wanted?.test(digits)) throw new Error('Failure("Int64.of_string")');
  const prefix = base.toLowerCase() === '0u' ? '' : base.toLowerCase();
  const magnitude = BigInt(`${prefix}${digits.replaceAll('_', '')}`);
  const value = sign === '-' ? -magnitude : magnitude;
  // Decimal numbers have a sign; the other bases fill all 64 bits.
  const fits = base === '' ? value >= -limits.int && value < limits.int : magnitude < limits.all;
  if (!fits) throw new Error('Failure("Int64.of_string")');
  const wrapped = BigInt.asIntN(64, value);
  const number = Number(wrapped);
  return Number.isSafeInteger(number) ? number : String(wrapped);
}

const digitsOf: Readonly<Record<string, RegExp>> = {
  '0x': /^[0-9a-fA-F_]+$/,
  '0o': /^[0-7_]+$/,
  '0b': /^[01_]+$/,
};

/** `int_of_string` of a 32-bit dom0: 31 bits. */
export function intOfString(text: string): number {
  const value = Number(int64OfString(text));
  if (value < -(2 ** 30) || value >= 2 ** 30) throw new Error('Failure("int_of_string")');
  return value;
}

/** `float_of_string`, which takes what C's strtod takes, and _ between digits. */
export function floatOfString(text: string): number {
  const plain = text.replaceAll('_', '');
  if (/^[-+]?(nan|inf(inity)?)$/i.test(plain)) {
    const infinite = plain.startsWith('-') ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
    return /nan/i.test(plain) ? Number.NaN : infinite;
  }
  if (!/^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(plain)) throw new Error('Failure("float_of_string")');
  return Number(plain);
}
