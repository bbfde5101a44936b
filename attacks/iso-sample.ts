const sector = 2048;

/** A disc of a few files and folders, as ECMA-119 has it: the descriptor in sector 16, folders from 20 on. */
export function isoSample(): Buffer {
  const disc = Buffer.alloc(24 * sector);
  const record = (name: string, extent: number, folder: boolean): Buffer => {
    const bytes = Buffer.alloc(33 + name.length + ((name.length + 1) % 2));
    bytes.writeUInt8(bytes.length, 0);
    bytes.writeUInt32LE(extent, 2);
    bytes.writeUInt32LE(sector, 10);
    bytes.writeUInt8(folder ? 2 : 0, 25);
    bytes.writeUInt8(name.length, 32);
    bytes.write(name, 33, 'latin1');
    return bytes;
  };
  disc.write('\x01CD001', 16 * sector, 'latin1');
  record('\0', 20, true).copy(disc, 16 * sector + 156);
  Buffer.concat([record('A', 21, true), record('F.DEB;1', 22, false)]).copy(disc, 20 * sector);
  record('G.DEB;1', 23, false).copy(disc, 21 * sector);
  return disc;
}
