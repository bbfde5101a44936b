import { hasArgument, type KernelArgument, lastValue } from './kernel-line.ts';

/**
 * How an FAI nfsroot of a given age wants to be told where it is. Source: the FAI guide and fai-chboot through
 * the releases; dracut's and live-boot's own parameters.
 */
export type Dialect = 'live-boot' | 'dracut' | 'overlayfs' | 'http';

export interface DialectFacts {
  readonly dialect: Dialect;
  readonly label: string;
  readonly fai: string;
  /** Overlay words, the preferred one first; any of them makes the root writable. */
  readonly overlay: readonly string[];
  readonly needsConfigSpace: boolean;
}

/** Every word that makes dracut lay something writable over the root; whatever its age, any of them counts. */
export const overlayArguments = ['rootovl', 'rd.live.overlay.overlayfs', 'aufs'] as const;

export const dialects: readonly DialectFacts[] = [
  {
    dialect: 'live-boot',
    label: 'FAI 3.x (live-boot, nfsroot=)',
    fai: '3.x, 4.0',
    overlay: [],
    needsConfigSpace: false,
  },
  {
    dialect: 'dracut',
    label: 'FAI 4.x to 6.0 (dracut, rootovl)',
    fai: '4.x to 6.0',
    overlay: ['rootovl', 'aufs', 'rd.live.overlay.overlayfs'],
    needsConfigSpace: true,
  },
  {
    dialect: 'overlayfs',
    label: 'FAI 6.x (dracut, root=nfs:)',
    fai: '6.x',
    overlay: ['rd.live.overlay.overlayfs', 'rootovl', 'aufs'],
    needsConfigSpace: true,
  },
  {
    dialect: 'http',
    label: 'FAI 6.x over HTTP (root=live:)',
    fai: '6.x',
    overlay: ['rd.live.overlay.overlayfs', 'rootovl', 'aufs'],
    needsConfigSpace: true,
  },
];

export function dialectFacts(dialect: Dialect): DialectFacts {
  const facts = dialects.find((entry) => entry.dialect === dialect);
  if (facts === undefined) throw new RangeError(`no such dialect: ${dialect}`);
  return facts;
}

/** Which dialect a line speaks; null when nothing in it says so. */
export function detectDialect(words: readonly KernelArgument[]): Dialect | null {
  const root = lastValue(words, 'root');
  if (root === '/dev/nfs' || hasArgument(words, 'nfsroot') || lastValue(words, 'boot') === 'live') return 'live-boot';
  if (root?.startsWith('live:')) return 'http';
  if (root?.startsWith('nfs:') || root?.startsWith('nfs4:')) return 'overlayfs';
  if (root?.includes(':/') || overlayArguments.some((word) => hasArgument(words, word))) return 'dracut';
  return null;
}
