import type { Loader } from '../boot/releases.ts';
import type { Advice } from '../problem/advice.ts';
import type { Finding } from '../problem/finding.ts';
import { xe } from '../text/shell.ts';
import { formatBytes } from '../text/sizes.ts';
import type { Fetched } from './download/fetched.ts';

/** What became of a download, for a table. */
export function downloadDetail(fetched: Fetched): string {
  return fetched.problem?.text ?? (fetched.bytes === 0 ? 'empty' : 'too large for the loader');
}

const advice = {
  missing: { act: 'stage', note: 'puts it there; or correct repository, release or architecture' },
  server: 'Look into the log of the server.',
  unreachable: 'Check the address.',
  redirect: 'Serve the file at this very URL, over plain http.',
  'cut-off': 'Check the server and its disk, then try again.',
  'too-large': 'Put the file itself there.',
  slow: 'Check the line to the server.',
} as const satisfies Record<string, Advice>;

/** Platform keys that raise the limits of the loader of 2014 and later (linux-guest-loader: eliloader.py). */
const limits = {
  vmlinuz: { mib: 32, key: 'pv-kernel-max-size' },
  'initrd.gz': { mib: 128, key: 'pv-ramdisk-max-size' },
} as const;

/**
 * What the way of a file says: answers other than 200, cut downloads, what later loaders refuse to take. `loader`
 * null: no host is known; what one of them refuses is a warning.
 */
export function downloadFindings(
  name: keyof typeof limits,
  fetched: Fetched,
  loader: Loader | null,
  platform: Readonly<Record<string, string>> = {},
): Finding[] {
  const error = (code: string, message: string, hint: Advice): Finding => ({
    severity: 'error',
    code,
    message: `${name}: ${message}`,
    try: hint,
  });
  const { problem, bytes } = fetched;
  if (problem !== null && isOtherSuccess(fetched) && bytes > 0) return [otherSuccess(name, problem.text)];
  if (problem !== null) {
    const stump =
      problem.kind === 'cut-off' && loader === 2010
        ? ' This loader does not compare lengths: it would use the stump.'
        : '';
    const code = problem.kind === 'missing' ? 'not-found' : problem.kind === 'server' ? 'http-error' : problem.kind;
    return [error(code, `${problem.text}.${stump}`, advice[problem.kind])];
  }
  if (bytes === 0) return [error('empty', 'the file is empty.', 'Copy it there again.')];
  return [
    ...redirected(name, fetched),
    ...tooLarge(name, bytes, loader, Number(platform[limits[name].key] ?? Number.NaN)),
  ];
}

const isOtherSuccess = ({ status }: Fetched): boolean => status !== null && status > 200 && status < 300;

/** urllib2 of Python 2.7 takes any 2xx, that of 2.4 not all of them: nothing was looked at, nothing is sure. */
const otherSuccess = (name: string, text: string): Finding => ({
  severity: 'warning',
  code: 'odd-status',
  message: `${name}: ${text}, not 200: whether the loader takes the file then is not sure.`,
  try: 'Serve the file as it is, with status 200.',
});

function* redirected(name: string, { url, finalUrl }: Fetched): Generator<Finding> {
  if (url === finalUrl) return;
  if (finalUrl.startsWith('https:')) {
    yield {
      severity: 'warning',
      code: 'redirected-https',
      message: `${name} is redirected to ${finalUrl}; whether the Python of dom0 follows over TLS depends on the host.`,
      try: advice.redirect,
    };
    return;
  }
  yield { severity: 'info', code: 'redirected', message: `${name} is redirected to ${finalUrl}; eliloader follows.` };
}

/** `raised`: the limit in bytes that the VM itself sets; NaN when it sets none. */
function* tooLarge(
  name: keyof typeof limits,
  bytes: number,
  loader: Loader | null,
  raised: number,
): Generator<Finding> {
  const { mib, key } = limits[name];
  const most = raised > 0 ? raised : mib * 1024 ** 2;
  if (bytes <= most || loader === 2010 || loader === 2012) return;
  yield {
    severity: loader === null ? 'warning' : 'error',
    code: 'over-limit',
    message: `${name}: ${formatBytes(bytes)}; the loader of XenServer 6.5 and later takes at most ${formatBytes(most)}.`,
    try: {
      ...xe('vm-param-set', { uuid: 'UUID', [`platform:${key}`]: String(2 ** Math.ceil(Math.log2(bytes))) }),
      note: 'raises the limit on the VM',
    },
  };
}
