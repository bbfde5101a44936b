/** A small seeded generator (mulberry32): the same seed makes the same world, uuids and MACs included. */
export interface Random {
  /** 0 <= n < 1 */
  next(): number;
  uuid(): string;
}

export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
  const hex = (digits: number): string => {
    let text = '';
    for (let i = 0; i < digits; i += 1) text += '0123456789abcdef'[Math.floor(next() * 16)];
    return text;
  };
  return { next, uuid: () => [hex(8), hex(4), hex(4), hex(4), hex(12)].join('-') };
}
