import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { classesOf } from '../../source/simulator/guest/config-space.ts';
import { faiScript } from '../../source/simulator/guest/fai-script.ts';
import { faiLines, lastLines } from '../../source/simulator/guest/hvc0.ts';
import { readKernelLine } from '../../source/simulator/guest/kernel-line.ts';

// The demo's FAI 6 was written from test/simulator/recorded. Here it is held to an install that xenfai itself began, on a
// real Xen, with another config space: docs/real-xen.

const recorded = (file: string): string[] =>
  readFileSync(join(import.meta.dirname, '../../docs/real-xen', file), 'utf8')
    .trim()
    .split('\n');

function script() {
  const outcome = readKernelLine(
    'console=hvc0 root=10.1.1.6:/srv/fai/nfsroot:vers=3 rootovl ip=dhcp FAI_ACTION=install FAI_FLAGS=verbose,sshd,reboot FAI_CONFIG_SRC=nfs://10.1.1.6/srv/fai/config LOGUSER= FAI_LOGPROTO=none',
  );
  if (outcome.kind !== 'fai') throw new Error(outcome.kind);
  return faiScript(outcome.run, classesOf('web01'));
}

test('the same messages in the same order', () => {
  const real = recorded('messages.txt').map((line) => line.split(' ').slice(2).join(' '));
  const first = real.slice(0, real.indexOf('TASKEND reboot 0') + 1);
  // Its hooks are those of its own classes; without a folder debconf that task ends with 2, which is none of its errors.
  const own = first
    .map((message) =>
      message.replace('HOOK instsoft.GUEST', 'HOOK instsoft.DEFAULT').replace('debconf 2', 'debconf 0'),
    )
    .filter((message) => message !== 'HOOK instsoft.XENPV');
  expect(script().acts.map(({ message }) => message)).toEqual(own);
});

test('the same lines on the console, in the same order', () => {
  // What FAI itself prints, without the time before it and the classes of the site.
  const ofFai = /Fully Automatic|Calling task_|List of all classes|Rebooting web01|reboot: Restarting/;
  const plain = (line: string): string =>
    line
      .replace(/^\[[-\d: ]+\] /, '')
      .replace(/^\[ *[\d.]+\] /, '')
      .replace(/classes: .* XENSERVER/, 'classes: … XENSERVER')
      .trim();
  const real = recorded('install-console.txt')
    .filter((line) => ofFai.test(line))
    .map(plain);
  const { acts, ending } = script();
  const said = [...acts.flatMap(({ message }) => faiLines(message ?? '', 'web01')), ...lastLines[ending]];
  expect(said.filter((line) => ofFai.test(line)).map(plain)).toEqual(real);
});
