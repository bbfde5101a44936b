import type { Finding } from '../../problem/finding.ts';
import type { XenVersion } from '../releases.ts';
import { atLeast } from '../version.ts';

/** True for a file of FAI's disk_config/. */
export const isDiskConfig = (text: string): boolean => /^[ \t]*disk_config[ \t]/m.test(text);

/**
 * Could pygrub of this Xen read the disk that FAI would make (setup-storage(8))? `/boot`, or `/` without one, must be
 * on a partition and a file system it knows: libfsimage through the releases.
 */
export function diskConfigFindings(text: string, xen: XenVersion): Finding[] {
  const lines = text
    .split('\n')
    .map((line) => line.replace(/#.*$/, '').trim())
    .filter((line) => line !== '');
  const volumes = lines.flatMap((line) => volume(line));
  const place = volumes.find(({ mount }) => mount === '/boot') ?? volumes.find(({ mount }) => mount === '/');
  if (place === undefined)
    return [error('no-root-volume', 'disk_config has no volume for /.', 'primary / 4G- ext3 rw')];
  const findings: Finding[] = [];
  const by = `pygrub of Xen ${xen.major}.${xen.minor}`;
  if (!['primary', 'logical'].includes(place.kind)) {
    findings.push(
      error(
        'no-plain-partition',
        `${place.mount} is on ${place.kind}: ${by} reads partitions only.`,
        'Give /boot a primary partition with ext3.',
      ),
    );
  } else if (place.kind === 'logical') {
    findings.push(
      error(
        'logical-partition',
        `${place.mount} is on a logical partition: ${by} looks at primary ones only.`,
        'Make it primary.',
      ),
    );
  }
  findings.push(...fileSystemFindings(place, by, xen));
  // 3.4 and 4.0 look at the active partition, else the first; later ones at all.
  if (!atLeast(xen, 4, 1) && !/\bbootable:\d/.test(text) && volumes[0] !== place) {
    findings.push(
      error(
        'not-bootable',
        `${by} looks at the active partition only, and none is marked.`,
        'Add bootable:1 to the line disk_config.',
      ),
    );
  }
  return findings;
}

interface Volume {
  readonly kind: string;
  readonly mount: string;
  readonly system: string;
}

function volume(line: string): Volume[] {
  const [kind = '', mount = '', , system = ''] = line.split(/\s+/);
  if (kind === 'disk_config' || mount === '') return [];
  return [
    {
      kind: kind.startsWith('vg') || kind.includes('-') ? 'LVM' : kind.startsWith('raid') ? 'RAID' : kind,
      mount: mount.replace(/:.*$/, ''),
      system,
    },
  ];
}

function* fileSystemFindings({ mount, system }: Volume, by: string, xen: XenVersion): Generator<Finding> {
  if (['ext2', 'ext3', 'reiserfs'].includes(system)) return;
  if (system === 'ext4') {
    if (atLeast(xen, 4, 7)) return;
    yield {
      severity: 'warning',
      code: 'ext4',
      message: `${mount} is ext4: ${by} reads it only without 64bit and metadata_csum.`,
      try: 'Use ext3.',
    };
  } else {
    yield error('unreadable-file-system', `${mount} is ${system}: ${by} does not read it.`, 'Use ext3.');
  }
}

const error = (code: string, message: string, advice: string): Finding => ({
  severity: 'error',
  code,
  message,
  try: advice,
});
