/**
 * What xenfai must remember lives on the VM, as other_config keys, so that another jump host sees it.
 * VM.clone copies other_config: a mark that names another VM is ignored. Marks hold no secrets.
 */
export const markKeys = {
  created: 'xenfai:created',
  armed: 'xenfai:armed',
  installed: 'xenfai:installed',
  args: 'xenfai:args',
} as const;

export type MarkName = keyof typeof markKeys;

export interface Mark {
  readonly vm: string;
  readonly run: string;
  /** ISO 8601, UTC. */
  readonly at: string;
  readonly by: string;
  readonly repository?: string;
  readonly release?: string;
  readonly arch?: string;
  readonly args?: string;
  readonly template?: string;
  /** install-kernel and install-ramdisk, where the loader goes by paths. */
  readonly kernel?: string;
  readonly initrd?: string;
}

export const formatMark = (mark: Mark): string => JSON.stringify(mark);

/** The mark of this VM; null when it is absent, damaged, or a clone's inheritance. */
export function readMark(otherConfig: Readonly<Record<string, string>>, name: MarkName, uuid: string): Mark | null {
  const text = otherConfig[markKeys[name]];
  if (text === undefined || text.length > 8192) return null;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  if (typeof value !== 'object' || value === null) return null;
  const entries = Object.entries(value).filter(([, field]) => typeof field === 'string');
  const mark: Partial<Record<string, string>> = Object.fromEntries(entries);
  const { vm, run = '', at, by = '' } = mark;
  if (vm !== uuid || at === undefined || Number.isNaN(Date.parse(at))) return null;
  return { ...mark, vm, run, at, by };
}

/** Marks that name another VM: what a clone inherited, to be dropped at the next write. */
export function staleMarks(otherConfig: Readonly<Record<string, string>>, uuid: string): string[] {
  return (Object.keys(markKeys) as MarkName[])
    .filter((name) => otherConfig[markKeys[name]] !== undefined && readMark(otherConfig, name, uuid) === null)
    .map((name) => markKeys[name]);
}
