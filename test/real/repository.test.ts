import { copyFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { kernelFacts } from '../../source/boot/kernel-verdict.ts';
import { readKernelImage } from '../../source/formats/kernel-image.ts';
import { unpackPayload } from '../../source/formats/unpack.ts';
import { initrdImage } from '../../source/simulator/depot/initrd-image.ts';
import { built, Terminal } from '../end-to-end/terminal.ts';
import { connect, copyTemplate, makeAndStart, planNew, save } from '../end-to-end/walk.ts';
import { goodArgs, heldClock, prepareTemplate, simulator, xenfai } from '../harness.ts';
import { installer } from './debian.ts';
import { realTest } from './needs.ts';
import { netbootFolder, nginxOfFile } from './nginx.ts';

const needs = ['nginx', 'xz', installer.amd64.kernel, installer.amd64.initrd, installer.i386.kernel];
const web = nginxOfFile();

/** The plain ELF file inside a packed kernel, as extract-vmlinux gives it. */
async function plainElf(path: string): Promise<Uint8Array> {
  const image = readKernelImage(readFileSync(path));
  if (image.format !== 'bzImage' || image.compression === null) throw new Error('not a packed bzImage');
  const elf = await unpackPayload(image.payload, image.compression, AbortSignal.timeout(60_000));
  if (elf === null) throw new Error('could not be unpacked');
  return elf;
}

realTest(
  'Debian’s netboot files behind nginx: sizes, what they are, and what a 5.6 makes of them',
  needs,
  async () => {
    const site = await web();
    const folder = netbootFolder(site.root, 'bookworm', 'amd64');
    copyFileSync(installer.amd64.kernel, join(folder, 'vmlinuz'));
    copyFileSync(installer.amd64.initrd, join(folder, 'initrd.gz'));
    const check = (...flags: string[]) =>
      xenfai(null, [
        'check',
        '--repository',
        site.url,
        '--release',
        'bookworm',
        '--arch',
        'amd64',
        '--json',
        ...flags,
      ]);

    const old = await check('--for', '5.6');
    expect(old.code).toBe(6);
    expect(old.json.files).toMatchObject([
      {
        name: 'vmlinuz',
        status: 200,
        bytes: readFileSync(installer.amd64.kernel).length,
        detail: expect.stringContaining('Xen PV, 64-bit'),
      },
      {
        name: 'initrd.gz',
        ok: true,
        status: 200,
        bytes: readFileSync(installer.amd64.initrd).length,
        detail: expect.stringMatching(/^gzip, debian-installer, modules of 6\.1\./),
      },
    ]);
    const errors = (ran: typeof old) =>
      ran.json.findings.filter((finding: { severity: string }) => finding.severity === 'error');
    expect(errors(old)).toMatchObject([{ code: 'kernel-packing', message: expect.stringMatching(/Xen 3\.4 .*xz/) }]);

    expect((await check('--for', '8.2')).code).toBe(0);
    const unknown = await check();
    expect(unknown).toMatchObject({
      code: 0,
      json: {
        findings: expect.arrayContaining([
          expect.objectContaining({ severity: 'warning', message: expect.stringContaining('Xen 4.2') }),
          // No kernel line is known: that it is no FAI initrd is a warning, not more.
          expect.objectContaining({ severity: 'warning', code: 'initrd-installer' }),
        ]),
      },
    });

    copyFileSync(installer.i386.kernel, join(folder, 'vmlinuz'));
    const wrong = await check('--for', '8.2');
    expect(wrong.code).toBe(6);
    expect(wrong.json.findings).toContainEqual(
      expect.objectContaining({ code: 'kernel-not-pv', message: expect.stringContaining('no Xen notes') }),
    );

    writeFileSync(join(folder, 'vmlinuz'), '<html>login please</html>');
    expect((await check()).json.findings[0]).toMatchObject({
      code: 'not-a-kernel',
      message: expect.stringContaining('web page'),
    });
    rmSync(join(folder, 'initrd.gz'));
    expect((await check()).json.findings.map((finding: { code: string }) => finding.code)).toContain('not-found');
  },
);

realTest('unpacked to the plain ELF inside, the kernel passes and the VM boots', needs, async () => {
  const site = await web();
  const folder = netbootFolder(site.root, 'bookworm', 'amd64');
  const elf = await plainElf(installer.amd64.kernel);
  writeFileSync(join(folder, 'vmlinuz'), elf);
  const version = kernelFacts(elf).release ?? '';
  expect(version).toMatch(/^6\.1\.0-\d+-amd64$/);
  copyFileSync(installer.amd64.initrd, join(folder, 'initrd.gz'));
  const guests = heldClock();
  const sim = await simulator({ clock: guests });
  await prepareTemplate(sim, 'FAI', goodArgs);
  await xenfai(sim, ['template', 'set', 'FAI', '--repository', site.url, '--release', 'bookworm', '--arch', 'amd64']);
  // debian-installer's own initrd would ask its questions: it is no FAI.
  const installs = await xenfai(sim, ['create', 'web', '--template', 'FAI', '--start', '--json']);
  expect(installs).toMatchObject({
    code: 6,
    json: { error: { message: expect.stringContaining('FAI would not run') } },
  });
  writeFileSync(join(folder, 'initrd.gz'), initrdImage(version));
  const made = await xenfai(sim, ['create', 'web', '--template', 'FAI', '--start', '--json']);
  expect(made.json.vms[0]).toMatchObject({ ok: true, state: 'installing', attemptUsed: true });
  guests.release();

  // The same VM with the packed file, started over the check: the attempt is burnt, and said to be.
  copyFileSync(installer.amd64.kernel, join(folder, 'vmlinuz'));
  await xenfai(sim, ['rearm', 'web', '--yes', '--force']);
  expect((await xenfai(sim, ['start', 'web', '--json'])).code).toBe(6);
  const burnt = await xenfai(sim, ['start', 'web', '--force', '--json']);
  expect(burnt.json.vms[0]).toMatchObject({
    ok: false,
    attemptUsed: true,
    state: 'fired',
    error: { code: 'kernel-refused' },
  });
  await sim.stop();
});

realTest(
  'the wizard on the same nginx: Verify shows it, and goes on once the kernel is unpacked',
  needs,
  async () => {
    const site = await web();
    const folder = netbootFolder(site.root, 'bookworm', 'amd64');
    copyFileSync(installer.amd64.kernel, join(folder, 'vmlinuz'));
    copyFileSync(installer.amd64.initrd, join(folder, 'initrd.gz'));
    const terminal = new Terminal([built, 'demo']);
    try {
      await connect(terminal);
      await copyTemplate(terminal);
      terminal.press('ctrl-u', site.url, 'tab', 'ctrl-u', 'bookworm', 'tab', 'ctrl-u', 'amd64');
      await save(terminal);
      const failed = await terminal.shows('If you started a VM now, it would not boot');
      expect(failed).toContain('8222656 bytes');
      expect(failed).toContain('Xen PV, 64-bit');
      await terminal.shows(/Xen 3\.4 of this host cannot unpack the xz payload/);
      terminal.press('enter');
      await terminal.shows('The check failed: o goes on all the same.');
      const elf = await plainElf(installer.amd64.kernel);
      writeFileSync(join(folder, 'vmlinuz'), elf);
      writeFileSync(join(folder, 'initrd.gz'), initrdImage(kernelFacts(elf).release ?? ''));
      terminal.press('r');
      await planNew(terminal, 'big01');
      await makeAndStart(terminal, 'big01');
      terminal.press('enter');
      await terminal.shows(/big01 +(▶ installing|✓ installed)/);
    } finally {
      terminal.kill();
    }
  },
);
