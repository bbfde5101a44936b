/** Words that readers of the kind look for, and numbers at which lengths turn over. */
const words = [
  ...[
    '<',
    '>',
    '/>',
    '</',
    '&',
    '&amp;',
    '&#x0;',
    '<value>',
    '</value>',
    '<struct>',
    '<array><data>',
    '<![CDATA[',
    ']]>',
  ],
  ...[
    '\0',
    '\n',
    '\r\n',
    '\n\n',
    '\n ',
    ' ',
    '\t',
    '"',
    "'",
    '\\',
    '(',
    ')',
    '{',
    '}',
    '=',
    ':',
    '--',
    '#',
    '$',
    '\u001b[2J',
    '\u202e',
  ],
  ...['070701', 'TRAILER!!!', '!<arch>\n', '`\n', 'CD001', 'HdrS', '\x7fELF', 'Xen\0', '__proto__', 'OpaqueRef:NULL'],
  ...['title ', 'kernel ', 'initrd ', 'default ', 'menuentry ', 'saved', 'Package: ', 'SHA256:', '-----BEGIN PGP'],
];
const numbers = [0, 1, 0x7f, 0x80, 0xff, 0x7fff, 0xffff, 0x7fffffff, 0x80000000, 0xffffffff];

/** What is thrown at a reader: a whole sample, changed in a few places, each time the same for the same numbers. */
export function mutated(samples: readonly Buffer[], random: () => number): Buffer {
  const below = (most: number): number => Math.floor(random() * most);
  const pick = <T>(all: readonly T[], none: T): T => all[below(all.length)] ?? none;
  let data = Buffer.from(pick(samples, Buffer.alloc(0)));
  const put = (at: number, gone: number, piece: Uint8Array): void => {
    data = Buffer.concat([data.subarray(0, at), piece, data.subarray(Math.min(data.length, at + gone))]);
  };
  const part = (of: Buffer): Buffer => {
    const at = below(of.length);
    return of.subarray(at, at + 1 + below(Math.min(64, of.length)));
  };
  const changes: readonly ((at: number) => void)[] = [
    (at) => put(at, 1, Buffer.from([(data[at] ?? 0) ^ (1 << below(8))])),
    (at) => put(at, 1, Buffer.from([below(256)])),
    (at) => put(at, below(16), Buffer.alloc(0)),
    (at) => put(at, below(2) * 8, Buffer.from(pick(words, ''))),
    (at) => put(at, below(2) * 64, part(data)),
    (at) => put(at, below(2) * 64, part(pick(samples, data))),
    (at) => put(at, 0, Buffer.from(Array.from({ length: below(32) }, () => below(256)))),
    (at) => put(at, 4, numberBytes(pick(numbers, 0), below(2) === 0)),
    (at) => put(at, 0, Buffer.from(part(data).toString('latin1').repeat(below(50)), 'latin1')),
    (at) => put(at, data.length, Buffer.alloc(0)),
  ];
  for (let left = 1 + below(6); left > 0; left -= 1) pick(changes, () => {})(below(data.length + 1));
  return data;
}

function numberBytes(number: number, little: boolean): Buffer {
  const bytes = Buffer.alloc(4);
  if (little) bytes.writeUInt32LE(number);
  else bytes.writeUInt32BE(number);
  return bytes;
}
