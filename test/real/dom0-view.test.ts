import { mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { viewFromDom0 } from '../../source/repository/dom0-view.ts';
import type { Simulator } from '../../source/simulator/simulator.ts';
import { freePort } from '../free-port.ts';
import { simulator } from '../harness.ts';
import { programPath, realTest } from './needs.ts';
import { run, temporary } from './tools.ts';

// What runs in dom0, by the programs that may be there.

const folder = temporary('dom0-view');
const { signal } = new AbortController();

/** A machine that has these programs and no others. */
function machineWith(...programs: string[]) {
  const path = mkdtempSync(join(folder, 'bin-'));
  // Not links: a program may look for its own things from where it lies, and by PATH.
  for (const name of programs)
    writeFileSync(join(path, name), `#!/bin/sh\nPATH='${process.env['PATH']}' exec ${programPath(name)} "$@"\n`, {
      mode: 0o755,
    });
  return {
    name: 'xs1',
    run: ([program = '', ...args]: readonly string[]) => run(programPath(program), args, { env: { PATH: path } }),
  };
}

const files = (sim: Simulator) => {
  const below = `${sim.repository}/dists/lenny/main/installer-i386/current/images/netboot/xen`;
  return { kernel: `${below}/vmlinuz`, initrd: `${below}/initrd.gz` };
};

for (const program of ['python3', 'curl']) {
  realTest(
    `${program}: what comes, what is missing, who does not answer, and by which proxy`,
    [program],
    async () => {
      const sim = await simulator();
      const [dom0, urls] = [machineWith(program), files(sim)];
      const whole = { status: 200, bytes: expect.any(Number), problem: null };
      expect(await viewFromDom0(dom0, urls, '', signal)).toEqual({ sees: true, kernel: whole, initrd: whole });
      const nobody = `http://127.0.0.1:${await freePort()}`;
      expect(await viewFromDom0(dom0, { ...urls, kernel: `${urls.kernel}-not` }, '', signal)).toMatchObject({
        kernel: { status: 404, problem: 'there is no such file (404)' },
        initrd: whole,
      });
      expect(await viewFromDom0(dom0, { ...urls, initrd: `${nobody}/initrd.gz` }, '', signal)).toMatchObject({
        kernel: whole,
        initrd: { status: null, bytes: 0, problem: expect.stringMatching(/refused|connect/i) },
      });
      const proxied = await viewFromDom0(dom0, urls, nobody, signal);
      expect(proxied).toMatchObject({ kernel: { status: null }, initrd: { status: null } });
      await sim.stop();
    },
  );
}

realTest('neither of them', ['sh'], async () => {
  const urls = { kernel: 'http://r/vmlinuz', initrd: 'http://r/initrd.gz' };
  const view = await viewFromDom0(machineWith('sh'), urls, '', signal);
  expect(view).toEqual({ sees: false, why: 'it has neither python nor curl' });
});
