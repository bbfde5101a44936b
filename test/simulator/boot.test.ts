import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { kernelImage } from '../../source/simulator/depot/kernel-image.ts';
import { classesOf } from '../../source/simulator/guest/config-space.ts';
import { faiScript } from '../../source/simulator/guest/fai-script.ts';
import { readKernelLine } from '../../source/simulator/guest/kernel-line.ts';
import type { Simulator } from '../../source/simulator/simulator.ts';
import type { HostFailure } from '../../source/xapi/errors.ts';
import { goodArgs, pageArgs, simulator } from '../harness.ts';
import { type BareHost, caller, open } from './calls.ts';

// eliloader by the rules of 2010, the domain builder of Xen 3.4, pygrub, and what a guest makes of its line:
// the tables of the facts on FAI, sections 1 and 8.

let sim: Simulator;
let host: BareHost;
let url: string;
let asked: { path: string; headers: IncomingMessage['headers'] }[] = [];
let answer: (path: string, response: ServerResponse) => void;
const good = kernelImage({ arch: 'i386', version: '2.6.32' });
const both = (path: string, response: ServerResponse) => response.end(path.endsWith('vmlinuz') ? good : 'initrd');

const server = createServer((request, response) => {
  asked.push({ path: request.url ?? '', headers: request.headers });
  answer(request.url ?? '', response);
});

beforeAll(async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  sim = await simulator({ vms: 1, seed: 3 });
  host = await open(sim);
});
afterAll(async () => {
  await host.close();
  await sim.stop();
  server.close();
});

const call = caller(() => host);
let vm = '';
beforeEach(async () => {
  asked = [];
  answer = both;
  vm = (await call('VM.get_by_name_label', 'vm1'))[0];
  if ((await call('VM.get_power_state', vm)) === 'Running') await call('VM.hard_shutdown', vm);
  await call('VM.set_PV_bootloader', vm, 'eliloader');
  await call('VM.set_PV_args', vm, pageArgs);
  for (const key of [
    'install-distro',
    'install-round',
    'install-proxy',
    'debian-release',
    'install-arch',
    'install-repository',
  ]) {
    await call('VM.remove_from_other_config', vm, key);
  }
  await words({
    'install-distro': 'debianlike',
    'debian-release': 'lenny',
    'install-arch': 'i386',
    'install-repository': url,
  });
});
const words = async (given: Record<string, string>) => {
  for (const [key, value] of Object.entries(given)) {
    await call('VM.remove_from_other_config', vm, key);
    await call('VM.add_to_other_config', vm, key, value);
  }
};
const start = (): Promise<string | string[]> =>
  call('VM.start', vm, false, false).then(
    () => 'started',
    (error: HostFailure) => [error.code, ...error.params],
  );
const startFails = async (): Promise<string[]> => [await start()].flat();
const burnt = async () => {
  const record = await call('VM.get_record', vm);
  return record.PV_bootloader === 'pygrub' && record.other_config['install-distro'] === undefined;
};
const path = '/dists/lenny/main/installer-i386/current/images/netboot/xen/';
const gone = (response: ServerResponse, status = 404) => {
  response.writeHead(status);
  response.end('no');
};

describe('eliloader of 2010', () => {
  test('fetches kernel, then initrd, as Python would, and switches to pygrub', async () => {
    expect(await start()).toBe('started');
    expect(asked.map((one) => one.path)).toEqual([`${path}vmlinuz`, `${path}initrd.gz`]);
    expect(asked[0]?.headers).toMatchObject({ 'accept-encoding': 'identity', connection: 'close' });
    expect(await burnt()).toBe(true);
    expect((await call('VM.get_other_config', vm))['debian-release']).toBe('lenny');
  });

  test('404 names the URL and burns nothing', async () => {
    answer = (_, response) => gone(response);
    expect(await start()).toEqual([
      'INVALID_SOURCE',
      `Unable to access a required file in the specified repository: ${url}${path}vmlinuz.`,
      '',
    ]);
    expect(await burnt()).toBe(false);
  });

  test('a missing initrd is found out before the switch', async () => {
    answer = (asked, response) => (asked.endsWith('vmlinuz') ? response.end(good) : gone(response));
    expect((await start())[1]).toContain('initrd.gz');
    expect(await burnt()).toBe(false);
  });

  test('another HTTP error is a Python traceback', async () => {
    answer = (_, response) => gone(response, 503);
    const error = await startFails();
    expect(error[0]).toBe('Traceback (most recent call last):');
    expect(error.join('\n')).toContain('HTTP Error 503');
    expect(await burnt()).toBe(false);
  });

  test.each([
    ['three bytes', 'abc'],
    ['a web page', '<html>'],
    ['no ENTRY', kernelImage({ arch: 'i386', version: '2.6.32', entryNote: false })],
  ])('a wrong file (%s) is taken all the same: the attempt is burnt', async (_, data) => {
    answer = (asked, response) => response.end(asked.endsWith('vmlinuz') ? data : 'initrd');
    expect(await start()).toEqual(['DOMAIN_BUILDER_ERROR', 'linux_build', '2', 'Invalid kernel']);
    expect(await burnt()).toBe(true);
    expect(await call('VM.get_power_state', vm)).toBe('Halted');
  });

  test('a body that ends early is used: no length check in 2010', async () => {
    answer = (_, response) => {
      response.writeHead(200, { 'Content-Length': good.length });
      response.write(good.subarray(0, 1100));
      setTimeout(() => response.destroy(), 20);
    };
    expect((await start())[0]).toBe('DOMAIN_BUILDER_ERROR');
    expect(await burnt()).toBe(true);
  });

  test('redirects are followed', async () => {
    answer = (asked, response) => {
      if (asked.startsWith('/dists')) response.writeHead(302, { Location: `/else${asked}` }).end();
      else both(asked, response);
    };
    expect(await start()).toBe('started');
  });

  test('the proxy gets whole URLs', async () => {
    await words({ 'install-proxy': url, 'install-repository': 'http://repo.invalid/d' });
    expect(await start()).toBe('started');
    expect(asked[0]?.path).toBe(`http://repo.invalid/d${path}vmlinuz`);
  });

  test('dists/<release>/ is appended whatever the URL holds; without a release it is None', async () => {
    answer = (_, response) => gone(response);
    await words({ 'install-repository': `${url}/dists/lenny/` });
    await start();
    expect(asked[0]?.path).toBe(`/dists/lenny${path}vmlinuz`);
    asked = [];
    await call('VM.remove_from_other_config', vm, 'debian-release');
    await start();
    expect(asked[0]?.path).toContain('/dists/None/');
  });

  test('without install-distro it is rhlike: images/xen, then isolinux', async () => {
    answer = (_, response) => gone(response);
    await call('VM.remove_from_other_config', vm, 'install-distro');
    expect((await start())[1]).toContain('isolinux/vmlinuz');
    expect(asked.map((one) => one.path)).toEqual(['/images/xen/vmlinuz', '/isolinux/vmlinuz']);
  });

  test.each([
    [{ 'install-repository': 'https://repo/d' }, ['INVALID_SOURCE', 'Unknown source type.', '']],
    [
      { 'install-repository': 'gopher://x' },
      ['UNSUPPORTED_INSTALL_METHOD', expect.stringContaining('install-repository was not set'), ''],
    ],
    [{ 'install-distro': 'debian' }, ['UNSUPPORTED_INSTALL_METHOD', "Distribution 'debian' is not supported.", '']],
    [{ 'install-round': '2' }, ['UNSUPPORTED_INSTALL_METHOD', '', '']],
    [
      { 'install-repository': 'http://127.0.0.1:1/d' },
      ['INVALID_SOURCE', expect.stringContaining('127.0.0.1:1'), ''],
    ],
  ])('%j', async (given, error) => {
    await words(given as Record<string, string>);
    expect(await start()).toEqual(error);
    expect(await burnt()).toBe(false);
  });
});

describe('other ways to boot', () => {
  test('pygrub on an empty disk is a traceback', async () => {
    await call('VM.set_PV_bootloader', vm, 'pygrub');
    const error = await startFails();
    expect(error[0]).toBe('Traceback (most recent call last):');
    expect(error.join('\n')).toContain('Unable to find partition containing kernel');
  });

  test('an unknown bootloader, no bootable disk, too many', async () => {
    await call('VM.set_PV_bootloader', vm, 'lilo');
    expect(await start()).toEqual(['UNKNOWN_BOOTLOADER', vm, 'lilo']);
    await call('VM.set_PV_bootloader', vm, 'eliloader');
    const vbd = (await call('VM.get_VBDs', vm))[0];
    await call('VBD.set_bootable', vbd, false);
    expect(await start()).toEqual(['BOOTLOADER_FAILED', vm, 'Error from bootloader: no bootable disk']);
    await call('VBD.set_bootable', vbd, true);
  });

  test('a host without memory says only that there is none', async () => {
    await call('VM.set_memory_limits', vm, '134217728', '99999999999', '99999999999', '99999999999');
    expect(await start()).toEqual(['NO_HOSTS_AVAILABLE']);
    const here = (await call('host.get_all'))[0];
    const why = await call('VM.assert_can_boot_here', vm, here).catch((error: HostFailure) => error.code);
    expect(why).toBe('HOST_NOT_ENOUGH_FREE_MEMORY');
    await call('VM.set_memory_limits', vm, '134217728', '268435456', '268435456', '268435456');
  });

  test('states and errors of running machines', async () => {
    expect(await start()).toBe('started');
    expect(await start()).toEqual(['VM_BAD_POWER_STATE', vm, 'halted', 'running']);
    expect(await call('VM.get_allowed_operations', vm)).toEqual(
      expect.arrayContaining(['clean_shutdown', 'hard_reboot']),
    );
    const record = await call('VM.get_record', vm);
    expect(record.consoles).toHaveLength(1);
    expect(Number(record.domid)).toBeGreaterThan(0);
    await call('VM.hard_shutdown', vm);
    expect((await call('VM.get_record', vm)).domid).toBe('-1');
  });
});

describe('the guest and its kernel line', () => {
  const modern = `root=10.1.1.6:/srv/fai/nfsroot rootovl ip=dhcp console=hvc0 FAI_ACTION=install FAI_FLAGS=verbose,reboot FAI_CONFIG_SRC=nfs://10.1.1.6/srv/fai/config LOGUSER=`;
  const ending = (line: string) => {
    const outcome = readKernelLine(line);
    if (outcome.kind !== 'fai') return outcome.kind;
    const { acts, ending } = faiScript(outcome.run, classesOf('web01'));
    return `${ending}: ${acts.at(-1)?.message}`;
  };
  test.each([
    [pageArgs, 'key: TASKEND faiend 0'],
    [goodArgs, 'reboot: TASKEND reboot 0'],
    [modern, 'reboot: TASKEND reboot 0'],
    [modern.replace(',reboot', ''), 'key: TASKBEGIN faiend'],
    [modern.replace(' LOGUSER=', ''), 'question: TASKBEGIN savelog'],
    [modern.replace(' LOGUSER=', ' FAI_LOGPROTO=none'), 'reboot: TASKEND reboot 0'],
    [modern.replace('=install', '=sysinfo').replace(' LOGUSER=', ''), 'question: TASKBEGIN sysinfo'],
    [modern.replace('reboot', 'halt'), 'halt: TASKEND reboot 0'],
    [modern.replace(/ FAI_CONFIG_SRC=\S+/, ''), 'stopped: TASKERROR get_fai_dir 21'],
    [modern.replace('nfs://10.1.1.6/srv/fai/config', '/srv'), 'stopped: TASKERROR get_fai_dir 24'],
    [modern.replace('nfs://10', 'tape://10'), 'stopped: TASKERROR get_fai_dir 22'],
    [modern.replace('fai/config', 'fai/other'), 'stopped: TASKERROR get_fai_dir 23'],
    [pageArgs.replace('FAI_ACTION', 'fai_action'), 'stopped: TASKERROR action 21'],
    [pageArgs.replace('boot=live', ''), 'stuck'],
    [pageArgs.replace('10.1.1.6', '10.9.9.9'), 'stuck'],
    [modern.replace('rootovl', ''), 'stuck'],
    ['-- quiet console=hvc0', 'panic'],
    [`${goodArgs} FAI_ACTION=sysinfo`, 'reboot: TASKEND reboot 0'],
  ])('%s', (line, expected) => expect(ending(line)).toBe(expected));

  test('says of FAI 6 what a recorded install in a real guest said, in its order and in its proportions', () => {
    const recorded = recordedMessages('fai-install.txt');
    const outcome = readKernelLine(modern);
    if (outcome.kind !== 'fai') throw new Error(outcome.kind);
    const { acts } = faiScript(outcome.run, classesOf('web01'));
    expect(acts.map(({ message }) => message)).toEqual(recorded.map(({ text }) => text));
    const task = (at: number): number => (recorded[at]?.seconds ?? 0) - (recorded[at - 1]?.seconds ?? 0);
    const wrong = acts.filter(({ seconds }, at) => at > 0 && Math.abs(seconds - task(at)) > 1);
    expect(wrong).toEqual([]);
  });

  test('says it as one that was killed did, up to there', () => {
    const recorded = recordedMessages('fai-install-killed.txt').map(({ text }) => text);
    const outcome = readKernelLine(modern);
    if (outcome.kind !== 'fai') throw new Error(outcome.kind);
    const said = faiScript(outcome.run, classesOf('web01')).acts.map(({ message }) => message);
    // Its config space had no hook.
    expect(said.filter((message) => !message?.startsWith('HOOK')).slice(0, recorded.length)).toEqual(recorded);
  });
});

/** What FAI's monitor got of one host: seconds, sender and text in each line. */
function recordedMessages(file: string): { seconds: number; text: string }[] {
  const lines = readFileSync(join(import.meta.dirname, 'recorded', file), 'utf8')
    .trim()
    .split('\n');
  return lines.map((line) => {
    const [seconds, , ...words] = line.split(' ');
    return { seconds: Number(seconds), text: words.join(' ') };
  });
}
