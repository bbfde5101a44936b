import { describe, expect, test } from 'vitest';
import { ApiError } from '../../source/simulator/api-error.ts';
import type { Boot, DomainPlan } from '../../source/simulator/guest/guests.ts';
import type { Dom0 } from './dom0.ts';
import { xlGuests } from './xl-guests.ts';

// What is asked of dom0, without one.

/** A dom0 that notes each line and what it is given, and answers as `answer` says. */
function dom0(answer: (line: string) => string | Error = () => '') {
  const lines: string[] = [];
  const files = new Map<string, string>();
  const machine: Dom0 = {
    async run(line, input) {
      lines.push(line);
      if (input !== undefined) files.set(line.replace('cat > ', ''), String(Buffer.from(input)));
      const said = answer(line);
      if (said instanceof Error) throw said;
      return said;
    },
    follow: () => () => {},
    stop: () => Promise.resolve(),
  };
  return { machine, lines, files };
}

const plan = (boot: Boot): DomainPlan => ({
  vm: 'OpaqueRef:1',
  name: 'web01',
  memory: 2 * 1024 ** 3,
  vcpus: 1,
  macs: ['00:16:3e:00:00:02'],
  disks: [{ vdi: 'OpaqueRef:0a-1', device: 'xvda', writable: true }],
  boot,
});
const fromNet = plan({ from: 'net', kernel: Buffer.from('K'), initrd: Buffer.from('I'), line: 'console=hvc0 x=1' });
const fromDisk = plan({ from: 'disk', disk: 'OpaqueRef:0a-1', line: 'console=hvc0', bits: 64 });
const still = new AbortController().signal;

describe('a domain', () => {
  test('of kernel and initrd gets these bytes and this line, after its disk was made', async () => {
    const { machine, lines, files } = dom0();
    const guests = xlGuests(machine, () => {});
    guests.disks.made('OpaqueRef:0a-1', 4096);
    expect((await guests.build(fromNet, still)).arch).toBe('x64');
    expect(lines[0]).toBe('truncate -s 4096 /vdis/0a-1.img');
    expect(files.get('/vdis/guest1/kernel')).toBe('K');
    expect(files.get('/vdis/guest1/initrd')).toBe('I');
    expect(files.get('/vdis/guest1/cfg')?.split('\n')).toEqual(
      expect.arrayContaining([
        'memory = 2048',
        'disk = ["/vdis/0a-1.img,raw,xvda,w"]',
        'vif = ["mac=00:16:3e:00:00:02,bridge=xenbr0"]',
        'extra = "console=hvc0 x=1"',
        'kernel = "/vdis/guest1/kernel"',
        'on_reboot = "preserve"',
      ]),
    );
    expect(lines).toContain('xl create -p /vdis/guest1/cfg');
  });

  test('of a disk goes through pygrub', async () => {
    const { machine, files } = dom0();
    await xlGuests(machine, () => {}).build(fromDisk, still);
    expect(files.get('/vdis/guest1/cfg')).toContain('bootloader = "pygrub"');
    expect(files.get('/vdis/guest1/cfg')).not.toContain('kernel');
  });
});

test('a guest that ends as it was asked to tells only who asked', async () => {
  const { machine, lines } = dom0((line) =>
    line.startsWith('xl list') ? 'Name ID\nguest1 1 2048 1 ---s-- 9.9 uuid 0 label' : '',
  );
  const unasked: string[] = [];
  const note = (end: string) => () => void unasked.push(end);
  const built = await xlGuests(machine, () => {}).build(fromDisk, still);
  const ends = { rebooted: note('rebooted'), halted: note('halted'), crashed: note('crashed'), console: () => {} };
  await built.start(ends).ask('halted');
  await expect.poll(() => lines).toContain('xl shutdown guest1');
  expect(unasked).toEqual([]);
});

describe('what Xen refuses is told as xapi tells it', () => {
  test.each([
    [
      'a kernel',
      fromNet,
      'xc: error: panic: xc_dom_find_loader: no loader found: Invalid kernel',
      'DOMAIN_BUILDER_ERROR',
    ],
    ['a disk', fromDisk, 'libxl: error: bootloader failed - consult logfile', 'Traceback'],
  ])('%s', async (_, wish, words, code) => {
    const { machine } = dom0((line) => (line.startsWith('xl create') ? new Error(words) : ''));
    const refused = xlGuests(machine, () => {}).build(wish, still);
    await expect(refused).rejects.toBeInstanceOf(ApiError);
    await expect(refused).rejects.toMatchObject({ message: expect.stringContaining(code) });
  });

  test('anything else is a fault of this machine', async () => {
    const { machine } = dom0((line) => (line.startsWith('xl create') ? new Error('not enough memory') : ''));
    await expect(xlGuests(machine, () => {}).build(fromNet, still)).rejects.not.toBeInstanceOf(ApiError);
  });
});
