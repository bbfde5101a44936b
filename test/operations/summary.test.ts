import { describe, expect, test } from 'vitest';
import { planLines } from '../../source/commands/plain.ts';
import type { Plan } from '../../source/operations/plan.ts';
import { noRoomAsked, type Room, roomFindings } from '../../source/operations/room.ts';
import { diskText, rowText, summaryOf } from '../../source/operations/summary.ts';
import { ref, uuid } from '../../source/xapi/records.ts';

const gib = 1024 ** 3;
const existing = { kind: 'existing', ref: ref.parse('r'), uuid: uuid.parse('u'), name: 'web01' } as const;

const plan = (name: string, part: Partial<Plan>): Plan => ({
  id: '00000000',
  operation: 'create',
  target: { kind: 'made', name },
  actions: [],
  erases: [],
  sources: [],
  notes: [],
  ...part,
});

const room = (part: Partial<Room['storages'][number]>, memory: Room['memory'] = null): Room => ({
  storages: [{ name: 'Local storage', wanted: 96 * gib, free: 120 * gib, thin: false, ...part }],
  memory,
});

test.each([
  ['0', 'root', 'disk 0 (8 GiB on Local storage, "root")'],
  ['0', '0', 'disk 0 (8 GiB on Local storage)'],
  ['1', '0', 'disk 1 (8 GiB on Local storage, "0")'],
  ['0', '', 'disk 0 (8 GiB on Local storage)'],
])('disk %s called "%s": %s', (device, name, text) =>
  expect(diskText({ device, name, bytes: 8 * gib, sr: 'Local storage' })).toBe(text),
);

describe('the summary', () => {
  test('a row names the disks that are made, each with its storage', () => {
    const disk = { device: '0', name: '', bytes: 8 * gib, sr: 'Fast storage' };
    const made = plan('web', { needs: { disks: [{ on: ref.parse('OpaqueRef:1'), disk }], memory: gib } });
    expect(rowText(made)).toBe('1 GiB of memory, disk 0 (8 GiB on Fast storage)');
    expect(planLines(made)).toContain('  makes disk 0 (8 GiB on Fast storage)');
  });

  test('counts VMs by name, storage and memory', () => {
    const plans = ['web', '01'].map((name) => plan(name, { needs: { disks: [], memory: gib } }));
    expect(summaryOf(plans, room({}, { wanted: 6 * gib, free: 30 * gib })).head).toBe(
      '2 new VMs, 96 GiB on Local storage of 120 GiB free, memory 6 GiB of 30 GiB free',
    );
  });

  test('says what is erased, and when, and what is shut down first', () => {
    const rearm = plan('web01', {
      operation: 'rearm',
      target: existing,
      erases: [{ device: '0', name: 'root', bytes: 8 * gib, sr: '' }],
      actions: [{ do: 'shutdown', how: 'clean' }],
      standing: { condition: 'fired, running', history: '', reasons: [] },
    });
    const { head, rows } = summaryOf([rearm], noRoomAsked);
    expect(head).toBe('1 VM, 1 disk erased at the next boot (8 GiB), 1 shut down first');
    expect(rows).toEqual([{ name: 'web01', text: 'fired, running; ERASES disk 0 (8 GiB, "root")' }]);
    expect(summaryOf([rearm], noRoomAsked, true).head).toContain('1 disk erased now');
  });
});

test.each([
  ['what fits', room({}), []],
  ['a storage that gives all at once', room({ free: 90 * gib }), ['error no-space']],
  ['one that gives as it is filled', room({ free: 90 * gib, thin: true }), ['warning little-space']],
  ['memory', room({}, { wanted: 31 * gib, free: 30 * gib }), ['warning little-memory']],
])('too little is said once: %s', (_, has, said) => {
  expect(roomFindings(has).map(({ severity, code }) => `${severity} ${code}`)).toEqual(said);
});
