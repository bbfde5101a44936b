import { gzipSync } from 'node:zlib';

export interface DebOptions {
  readonly name: string;
  readonly version: string;
  readonly arch: string;
  readonly depends?: string;
  readonly section: string;
  readonly description: string;
  readonly files: ReadonlyMap<string, Buffer>;
}

/** A Debian package of the form of 2010: an ar archive with debian-binary, control.tar.gz and data.tar.gz. */
export function debImage(options: DebOptions): Buffer {
  const { name, version, arch, depends, section, description, files } = options;
  const fields: [string, string | undefined][] = [
    ['Package', name],
    ['Version', version],
    ['Architecture', arch],
    ['Maintainer', 'xenfai simulator <root@localhost>'],
    ['Depends', depends],
    ['Section', section],
    ['Priority', 'optional'],
    ['Description', description],
  ];
  const control = fields.flatMap(([field, value]) => (value === undefined ? [] : [`${field}: ${value}\n`])).join('');
  return Buffer.concat([
    Buffer.from('!<arch>\n', 'latin1'),
    member('debian-binary', Buffer.from('2.0\n', 'latin1')),
    member('control.tar.gz', tarGz(new Map([['./control', Buffer.from(control)]]))),
    member('data.tar.gz', tarGz(files)),
  ]);
}

function member(name: string, data: Buffer): Buffer {
  const field = (text: string | number, width: number): string => String(text).padEnd(width);
  const head = `${field(name, 16)}${field(0, 12)}${field(0, 6)}${field(0, 6)}${field('100644', 8)}${field(data.length, 10)}\`\n`;
  return Buffer.concat([Buffer.from(head, 'latin1'), data, Buffer.alloc(data.length % 2, '\n')]);
}

function tarGz(files: ReadonlyMap<string, Buffer>): Buffer {
  const parts = [...files].flatMap(([name, data]) => [
    tarHeader(name, data.length),
    data,
    Buffer.alloc((512 - (data.length % 512)) % 512),
  ]);
  return gzipSync(Buffer.concat([...parts, Buffer.alloc(1024)]), { level: 9 });
}

/** A ustar header of a plain file. */
function tarHeader(name: string, size: number): Buffer {
  const header = Buffer.alloc(512);
  const octal = (value: number, at: number, width: number): void => {
    header.write(`${value.toString(8).padStart(width - 1, '0')}\0`, at, 'latin1');
  };
  header.write(name, 0, 100, 'latin1');
  octal(0o644, 100, 8);
  octal(0, 108, 8);
  octal(0, 116, 8);
  octal(size, 124, 12);
  octal(0, 136, 12);
  header.write('        0', 148, 'latin1');
  header.write('ustar\x0000', 257, 'latin1');
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  return header;
}
