import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { detectDialect, dialects, overlayArguments } from '../../source/fai/dialects.ts';
import { changeDialect, composeLine, freshForm, readLine } from '../../source/fai/form.ts';
import { hasFaiArguments, splitKernelLine } from '../../source/fai/kernel-line.ts';
import { parseMonitorLine } from '../../source/fai/monitor-message.ts';
import { foldMessage, noProgress } from '../../source/fai/progress.ts';
import { validateLine } from '../../source/fai/validate.ts';

const pageArgs =
  'quiet console=hvc0 root=/dev/nfs nfsroot=10.1.1.6:/srv/fai/nfsroot boot=live FAI_FLAGS=verbose,sshd FAI_ACTION=install';

const codes = (line: string, severity?: string) =>
  validateLine(line)
    .filter((finding) => severity === undefined || finding.severity === severity)
    .map((finding) => finding.code)
    .sort();

describe('validating a kernel line', () => {
  test('the page’s own arguments pass with two warnings', () => {
    expect(codes(pageArgs)).toEqual(['args-no-ip', 'args-no-reboot']);
    expect(codes(pageArgs, 'error')).toEqual([]);
  });

  const modern =
    'quiet console=hvc0 ip=dhcp FAI_ACTION=install FAI_FLAGS=verbose,reboot FAI_CONFIG_SRC=nfs://10.1.1.6/srv/fai/config';

  test.each([
    [`root=10.1.1.6:/srv/fai/nfsroot:vers=3 rootovl ${modern}`, []],
    [`root=10.1.1.6:/srv/fai/nfsroot aufs ${modern}`, []],
    [`root=nfs:10.1.1.6:/srv/fai/nfsroot rd.live.overlay.overlayfs ${modern}`, []],
    [`root=nfs:10.1.1.6:/srv/fai/nfsroot rootovl ${modern}`, []],
    [`root=live:http://10.1.1.6/squash.img rootovl ${modern}`, []],
    [`root=10.1.1.6:/srv/fai/nfsroot ${modern}`, ['args-overlay']],
    [`root=10.1.1.6:/srv/fai/nfsroot rootovl boot=live ${modern}`, ['args-mixed']],
    [`root=live:http://10.1.1.6 rootovl ${modern}`, ['args-root']],
    [modern, ['args-root']],
    [`root=/dev/xvda1 ${modern}`, ['args-root']],
    [pageArgs.replace(' boot=live', ''), ['args-boot-live']],
    [pageArgs.replace('nfsroot=10.1.1.6:/srv/fai/nfsroot', ''), ['args-nfsroot']],
    [pageArgs.replace(':/srv', ':srv'), ['args-nfsroot-path']],
    [pageArgs.replace('FAI_ACTION', 'fai_action'), ['args-action']],
    [pageArgs.replace('console=hvc0', ''), ['args-console']],
    [`${pageArgs} X=$(id)`, ['args-characters']],
    [`${pageArgs} X="a b"`, ['args-characters']],
    [`${pageArgs} ${'x'.repeat(1024)}`, ['args-length']],
    [`root=10.1.1.6:/n rootovl ${modern.replace('nfs://10.1.1.6/srv/fai/config', 'tape://x')}`, ['args-config']],
    [`root=10.1.1.6:/n rootovl ${modern.replace('nfs://10.1.1.6/srv/fai/config', '/srv')}`, ['args-config']],
    [`root=10.1.1.6:/n rootovl ${modern.replace(/ FAI_CONFIG_SRC=\S+/, '')}`, ['args-config']],
  ])('%s', (line, expected) => expect([...new Set(codes(line, 'error'))]).toEqual(expected));

  test.each([
    [pageArgs.replace('sshd', 'sshd,colour'), 'args-flag'],
    [pageArgs.replace('sshd', 'debug'), 'args-flag-attended'],
    [`${pageArgs} --`, 'args-separator'],
    [pageArgs.replace('10.1.1.6', 'fai.example.com'), 'args-server-name'],
    [pageArgs.replace('install', 'softupdate'), 'args-action-other'],
    [`${pageArgs} ${'x'.repeat(850)}`, 'args-long'],
  ])('warns: %s', (line, code) => expect(codes(line, 'warning')).toContain(code));

  test.each([
    ['', ['args-loguser']],
    [' LOGUSER=', []],
    [' LOGUSER=fai', []],
    [' FAI_LOGPROTO=none', []],
    [' FAI_LOGPROTO=rsh', ['args-loguser']],
  ])('FAI 6 is not left to ask on the console where its logs go:%s', (words, expected) => {
    const line = `root=10.1.1.6:/n rootovl ${modern}${words}`;
    expect(codes(line).filter((code) => code === 'args-loguser')).toEqual(expected);
  });

  test('nothing a shell would act on ever passes', () => {
    const bad = fc.constantFrom(...' \'"\\`$;&|<>()*?[]{}~!^'.split(''));
    fc.assert(
      fc.property(fc.string(), bad, fc.string(), (before, character, after) => {
        const word = `FAI_X=${before}${character}${after}`;
        fc.pre(!/\s/.test(word));
        expect(codes(`${pageArgs} ${word}`, 'error')).toContain('args-characters');
      }),
    );
  });
});

describe('the form', () => {
  const word = fc.stringMatching(/^[A-Za-z0-9_.,:/@+%#-]{1,12}$/);
  const known = fc.constantFrom(
    'quiet',
    'console=hvc0',
    'console=tty0',
    'root=/dev/nfs',
    'root=1.2.3.4:/x',
    'root=nfs:1.2.3.4:/x',
    'root=live:http://a/b',
    'nfsroot=1.2.3.4:/x',
    'boot=live',
    'rootovl',
    'aufs',
    'ip=dhcp',
    'FAI_FLAGS=verbose,sshd',
    'FAI_FLAGS=a,,b',
    'FAI_FLAGS=',
    'FAI_ACTION=install',
    'FAI_ACTION=sysinfo',
    'FAI_CONFIG_SRC=nfs://a/b',
    'monserver=1.2.3.4',
    '--',
    'FAI_SENDID=mac',
    'quiet=1',
  );
  const line = fc
    .array(
      fc.oneof(
        known,
        word,
        fc.tuple(word, word).map(([a, b]) => `${a}=${b}`),
      ),
      { maxLength: 14 },
    )
    .map((words) => words.join(' '));
  const sorted = (text: string) =>
    splitKernelLine(text)
      .map(({ text: one }) => one)
      .sort();

  test('reading a line and writing it back loses no word and adds none', () => {
    fc.assert(
      fc.property(line, (text) => {
        expect(sorted(composeLine(readLine(text)))).toEqual(sorted(text));
      }),
      { numRuns: 500 },
    );
  });

  test('what counts (the last of each name) stays what counts', () => {
    const effective = (text: string) =>
      Object.fromEntries(splitKernelLine(text).map(({ name, value }) => [name, value]));
    fc.assert(
      fc.property(line, (text) => {
        expect(effective(composeLine(readLine(text)))).toEqual(effective(text));
      }),
      { numRuns: 500 },
    );
  });

  test('the page’s line fills the fields', () => {
    expect(readLine(pageArgs)).toMatchObject({
      dialect: 'live-boot',
      nfsroot: '10.1.1.6:/srv/fai/nfsroot',
      bootLive: true,
      action: 'install',
      flags: ['verbose', 'sshd'],
      console: 'hvc0',
      quiet: true,
      extra: '',
    });
  });

  test.each(dialects.map(({ dialect }) => dialect))(
    'a fresh form of %s has no errors once its places are named',
    (dialect) => {
      const fresh = freshForm(dialect);
      const nfsroot = dialect === 'http' ? 'http://10.1.1.6/squash.img' : '10.1.1.6:/srv/fai/nfsroot';
      const form = { ...fresh, nfsroot, configSpace: 'nfs://10.1.1.6/srv/fai/config' };
      // FAI 6 has a password everybody knows.
      expect(codes(composeLine(form))).toEqual(dialect === 'live-boot' ? [] : ['args-sshd']);
      expect(detectDialect(splitKernelLine(composeLine(form)))).toBe(dialect);
      expect(readLine(composeLine(form))).toEqual(form);
    },
  );

  test('changing the dialect takes the operator’s answers along', () => {
    const form = { ...freshForm('live-boot'), nfsroot: '10.1.1.6:/n', extra: 'mine=1' };
    const modern = changeDialect(form, 'overlayfs');
    expect(modern).toMatchObject({
      nfsroot: '10.1.1.6:/n',
      extra: 'mine=1',
      bootLive: false,
      overlay: overlayArguments[1],
    });
  });

  test('FAI words are told from others', () => {
    expect(hasFaiArguments('-- quiet console=hvc0')).toBe(false);
    expect(hasFaiArguments(pageArgs)).toBe(true);
  });
});

describe('monitor messages', () => {
  test.each([
    ['demohost check', { sendid: 'demohost', keyword: 'check' }],
    ['demohost TASKBEGIN confdir', { sendid: 'demohost', keyword: 'TASKBEGIN', name: 'confdir' }],
    ['demohost TASKEND extrbase 0\r\n', { sendid: 'demohost', keyword: 'TASKEND', name: 'extrbase', code: 0 }],
    ['demohost HOOK instsoft.DEFAULT', { sendid: 'demohost', keyword: 'HOOK', name: 'instsoft.DEFAULT' }],
    [
      '00:16:3e:aa:bb:cc TASKERROR partition 710',
      { sendid: '00:16:3e:aa:bb:cc', keyword: 'TASKERROR', name: 'partition', code: 710 },
    ],
    ['demohost FAIREBOOT', { sendid: 'demohost', keyword: 'FAIREBOOT' }],
  ])('%j', (line, message) => expect(parseMonitorLine(line)).toEqual(message));

  test.each([
    '',
    ' ',
    'VARIABLE NAME',
    'GET / HTTP/1.0',
    'x TASKEND',
    'x TASKEND \u001b[2J 0',
    'x TASKEND y z',
    'a b c d e',
  ])('noise: %j', (line) => expect(parseMonitorLine(line)).toBeNull());

  test('no bytes make it throw', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => void parseMonitorLine(text)));
  });
});

describe('progress', () => {
  const run = (lines: string[], waits = false) =>
    lines.reduce((progress, text) => {
      const message = parseMonitorLine(`h ${text}`);
      return message === null ? progress : foldMessage(progress, message, () => waits);
    }, noProgress);
  const begin = [
    'check',
    'TASKBEGIN confdir',
    'TASKEND confdir 0',
    'TASKBEGIN action',
    'TASKBEGIN install',
    'TASKBEGIN partition',
  ];

  test('names the inner task and never falls', () => {
    expect(run(begin)).toMatchObject({ task: 'partition', outcome: 'running' });
    const later = run([...begin, 'TASKEND partition 0', 'TASKBEGIN instsoft']);
    expect(later.percent).toBeGreaterThan(run(begin).percent);
    expect(run([...begin, 'TASKBEGIN instsoft', 'TASKBEGIN confdir']).percent).toBeGreaterThan(20);
  });

  test('goes as the time went in a recorded install', () => {
    const file = join(import.meta.dirname, '../simulator/recorded/fai-install.txt');
    const lines = readFileSync(file, 'utf8').trim().split('\n');
    const said = lines.map((line) => ({ at: Number(line.split(' ')[0]), text: line.replace(/^\S+ \S+ /, '') }));
    const end = said.findIndex(({ text }) => text === 'TASKEND install 0');
    const [began, ended] = [said[0]?.at ?? 0, said[end]?.at ?? 0];
    const off = said.slice(0, end).map(({ at }, index) => {
      const { percent } = run(said.slice(0, index + 1).map(({ text }) => text));
      return Math.abs(percent - (100 * (at - began)) / (ended - began));
    });
    expect(Math.max(...off)).toBeLessThan(5);
  });

  test.each([['TASKEND install 0'], ['TASKEND faiend 0'], ['TASKEND reboot 0']])('%s means installed', (last) => {
    expect(run([...begin, last])).toMatchObject({ outcome: 'installed', percent: 100 });
  });

  test.each([['TASKERROR partition 710'], ['TASKEND partition 710']])('%s means failed, and stays so', (bad) => {
    expect(run([...begin, bad, 'TASKEND faiend 0'])).toMatchObject({
      outcome: 'failed',
      failedTask: 'partition',
      code: 710,
    });
  });

  test('a code of 700 or less goes on', () => {
    expect(run([...begin, 'TASKEND configure 420', 'TASKEND install 0'])).toMatchObject({
      outcome: 'installed',
      code: 420,
    });
  });

  test('without a reboot flag it ends waiting: 3.4 after TASKEND faiend, 6 after TASKBEGIN', () => {
    expect(run([...begin, 'TASKEND install 0', 'TASKBEGIN faiend', 'TASKEND faiend 0'], true).outcome).toBe(
      'waiting',
    );
    expect(run([...begin, 'TASKEND install 0', 'TASKBEGIN faiend'], true).outcome).toBe('waiting');
  });

  test('check begins anew', () => {
    expect(run([...begin, 'TASKERROR partition 710', 'check'])).toEqual(noProgress);
  });
});
