import type { Finding } from '../problem/finding.ts';
import { type Dialect, detectDialect, dialectFacts, overlayArguments } from './dialects.ts';
import { flags, splitFlags } from './flags.ts';
import { hasArgument, type KernelArgument, lastValue, splitKernelLine } from './kernel-line.ts';

/** Xen's PV domain builder copies 1024 bytes with the NUL and cuts the rest without a word. */
export const longestLine = 1023;
const longLine = 900;

/** FAI gives every `name=value` to the shell's eval: characters a shell knows must not come near it. */
const harmless = /^[A-Za-z0-9_.,:/@+=%#-]*$/;

const configSchemes = ['nfs', 'file', 'cvs', 'svn', 'git', 'hg', 'http', 'https', 'scp', 'sftp'];

/**
 * Is this a kernel line that makes FAI install, unattended, in a PV guest? Errors: it cannot work, or something
 * else would run. Warnings: it works, but probably not as meant. `fai-guide`, fai's get-config-dir and subroutines.
 */
export function validateLine(line: string): Finding[] {
  const words = splitKernelLine(line);
  const dialect = detectDialect(words);
  const root = [...rootFindings(words, dialect)];
  const mixed = root.some((finding) => finding.code === 'args-mixed');
  return [
    ...characterFindings(line, words),
    ...root,
    ...(dialect === null || mixed ? [] : dialectFindings(words, dialect)),
    ...actionFindings(words),
    ...configFindings(words, dialect),
    ...flagFindings(words, dialect),
    ...logFindings(words, dialect),
    ...habitFindings(words),
  ];
}

const error = (code: string, message: string, advice: string): Finding => ({
  severity: 'error',
  code,
  message,
  try: advice,
});

const warning = (code: string, message: string, advice: string): Finding => ({
  severity: 'warning',
  code,
  message,
  try: advice,
});

function* characterFindings(line: string, words: readonly KernelArgument[]): Generator<Finding> {
  const bad = words.find((word) => !harmless.test(word.text));
  if (bad !== undefined) {
    const character = [...bad.text].find((one) => !harmless.test(one)) ?? '';
    yield error(
      'args-characters',
      `The character ${JSON.stringify(character)} in "${bad.name}": FAI hands the line to a shell, which would act on it.`,
      'Allowed are letters, digits and _ . , : / @ + = % # -; write & in a URL as %26.',
    );
  }
  const bytes = new TextEncoder().encode(line).length;
  if (bytes > longestLine) {
    yield error('args-length', `${bytes} bytes: Xen cuts the line after ${longestLine}.`, 'Shorten it.');
  } else if (bytes > longLine) {
    yield warning('args-long', `${bytes} of at most ${longestLine} bytes.`, 'The loader may add words of its own.');
  }
}

function* rootFindings(words: readonly KernelArgument[], dialect: Dialect | null): Generator<Finding> {
  const root = lastValue(words, 'root');
  if (root === null || root === '') {
    yield error('args-root', 'There is no root=: the kernel would find no root file system.', 'Name the nfsroot.');
    return;
  }
  const modern = root.startsWith('nfs:') || root.startsWith('live:') || (root !== '/dev/nfs' && root.includes(':/'));
  const classic = hasArgument(words, 'nfsroot') || hasArgument(words, 'boot');
  if (modern && classic) {
    yield error(
      'args-mixed',
      'nfsroot= or boot= belong to FAI 3, this root= to dracut: the line mixes two dialects.',
      'Choose one dialect.',
    );
  }
  if (dialect === null) {
    yield error('args-root', `root=${root} is no nfsroot.`, 'Use root=/dev/nfs with nfsroot=, or root=SERVER:/path.');
  }
}

function* dialectFindings(words: readonly KernelArgument[], dialect: Dialect): Generator<Finding> {
  if (dialect === 'live-boot') {
    const nfsroot = lastValue(words, 'nfsroot');
    if (lastValue(words, 'root') !== null && !nfsroot) {
      yield error('args-nfsroot', 'There is no nfsroot=.', 'Write nfsroot=SERVER:/srv/fai/nfsroot.');
    } else if (nfsroot) {
      yield* pathFindings(nfsroot);
    }
    if (lastValue(words, 'boot') !== 'live') {
      yield error(
        'args-boot-live',
        'boot=live is missing: the root stays read-only and FAI fails.',
        'Add boot=live.',
      );
    }
    return;
  }
  if (!overlayArguments.some((word) => hasArgument(words, word))) {
    yield error(
      'args-overlay',
      'No overlay word: the root stays read-only and FAI fails.',
      `Add ${dialectFacts(dialect).overlay[0] ?? 'rootovl'}.`,
    );
  }
  const root = lastValue(words, 'root') ?? '';
  if (dialect === 'http') {
    if (!/^live:(https?|ftp|tftp):\/\/[^/]+\/./.test(root)) {
      yield error('args-root', `root=${root} names no file.`, 'Write root=live:http://server/squash.img.');
    }
  } else {
    yield* pathFindings(root.replace(/^nfs4?:/, ''));
  }
}

/** SERVER:/path[,options] or /path. */
function* pathFindings(value: string): Generator<Finding> {
  const match = /^(?:([^:/]*):)?(.*)$/.exec(value);
  const [, server, path = ''] = match ?? [];
  if (!path.startsWith('/')) {
    yield error('args-nfsroot-path', `"${value}" does not name an absolute path.`, 'Write SERVER:/srv/fai/nfsroot.');
  } else if (server !== undefined && server !== '' && !/^[\d.]+$/.test(server)) {
    yield warning(
      'args-server-name',
      `"${server}" is a name: the initramfs may have no resolver yet.`,
      'Use the IP address of the FAI server.',
    );
  }
}

function* actionFindings(words: readonly KernelArgument[]): Generator<Finding> {
  const action = lastValue(words, 'FAI_ACTION');
  if (action === null || action === '') {
    const wrongCase = words.find((word) => /^fai_action$/i.test(word.name));
    yield error(
      'args-action',
      wrongCase === undefined
        ? 'There is no FAI_ACTION: FAI stops with error 21.'
        : `${wrongCase.name}= has no effect: FAI knows FAI_ACTION only.`,
      'Add FAI_ACTION=install.',
    );
  } else if (action !== 'install') {
    yield warning('args-action-other', `FAI_ACTION=${action} installs nothing.`, 'Use FAI_ACTION=install.');
  }
}

function* configFindings(words: readonly KernelArgument[], dialect: Dialect | null): Generator<Finding> {
  const source = lastValue(words, 'FAI_CONFIG_SRC');
  if (source === null || source === '') {
    if (dialect !== null && dialectFacts(dialect).needsConfigSpace) {
      yield error(
        'args-config',
        'There is no FAI_CONFIG_SRC: FAI of this age stops with error 21.',
        'Name the config space, such as nfs://SERVER/srv/fai/config.',
      );
    }
    return;
  }
  const scheme = /^([a-z+]+):\/\//.exec(source)?.[1];
  if (scheme === undefined) {
    yield error(
      'args-config',
      `"${source}" has no scheme: FAI stops with error 24.`,
      'Write nfs://SERVER/srv/fai/config.',
    );
  } else if (!configSchemes.includes(scheme.split('+')[0] ?? '')) {
    yield error(
      'args-config',
      `FAI knows no scheme ${scheme}: it stops with error 22.`,
      `One of ${configSchemes.join(', ')}.`,
    );
  }
}

function* flagFindings(words: readonly KernelArgument[], dialect: Dialect | null): Generator<Finding> {
  const given = splitFlags(lastValue(words, 'FAI_FLAGS') ?? '');
  for (const name of given) {
    const known = flags.find((flag) => flag.name === name);
    if (known === undefined) {
      yield warning(
        'args-flag',
        `FAI knows no flag "${name}" and says nothing about it.`,
        `Flags: ${flags.map((flag) => flag.name).join(', ')}.`,
      );
    } else if (known.attended) {
      yield warning(
        'args-flag-attended',
        `The flag ${name}: ${known.help}.`,
        'Leave it off for a VM nobody watches.',
      );
    }
  }
  if (given.includes('sshd') && dialect !== null && dialect !== 'live-boot') {
    yield warning(
      'args-sshd',
      'sshd: FAI 6 lets root in with the password "fai" while it installs, unless the nfsroot sets another.',
      'Set FAI_ROOTPW in nfsroot.conf, or leave sshd off.',
    );
  }
  if (!given.includes('reboot') && !given.includes('halt')) {
    yield warning(
      'args-no-reboot',
      'No flag reboot: at the end the VM waits for RETURN on its console.',
      'Add reboot to FAI_FLAGS.',
    );
  }
}

/**
 * FAI 6 copies its logs by ssh when it knows a LOGUSER. To a server whose host key the nfsroot has not it asks on the
 * console, and waits for ever without a word to the monitor (seen in a real PV guest).
 */
function* logFindings(words: readonly KernelArgument[], dialect: Dialect | null): Generator<Finding> {
  if (!leavesLogs(words, dialect)) return;
  yield warning(
    'args-loguser',
    "Where FAI's logs go is left to fai.conf of the nfsroot: if that has a LOGUSER whose server ssh does not know, FAI asks on the console and waits for ever.",
    'Add LOGUSER= FAI_LOGPROTO=none to keep no logs, or LOGUSER=NAME.',
  );
}

function leavesLogs(words: readonly KernelArgument[], dialect: Dialect | null): boolean {
  if (dialect === null || dialect === 'live-boot' || hasArgument(words, 'LOGUSER')) return false;
  return lastValue(words, 'FAI_LOGPROTO') !== 'none';
}

/** A line with which an FAI that says no more in task `savelog` may be waiting for an answer to ssh. */
export function mayAskAboutLogs(line: string): boolean {
  const words = splitKernelLine(line);
  return leavesLogs(words, detectDialect(words));
}

function* habitFindings(words: readonly KernelArgument[]): Generator<Finding> {
  if (!hasArgument(words, 'ip')) {
    yield warning('args-no-ip', 'No ip=: whether the network comes up is left to the initramfs.', 'Add ip=dhcp.');
  }
  if (!words.some((word) => word.name === 'console' && word.value?.startsWith('hvc0'))) {
    yield error(
      'args-console',
      'console=hvc0 is missing: the console of a PV guest stays dark.',
      'Add console=hvc0.',
    );
  }
  if (words.some((word) => word.text === '--')) {
    yield warning(
      'args-separator',
      '"--" is left of the vendor\'s template: what follows goes to init.',
      'Remove it.',
    );
  }
}
