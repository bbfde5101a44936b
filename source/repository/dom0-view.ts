import type { NetbootUrls } from '../boot/methods/eliloader.ts';
import { limits } from '../limits/limits.ts';
import { ConnectionFailure } from '../transport/failure.ts';
import type { Shell } from '../transport/ssh/shell.ts';

/** One file as dom0 gets it; `problem` null: whole, and with an answer that the loader takes. */
export interface SeenFile {
  /** Of HTTP; null: no answer, or not by HTTP. */
  readonly status: number | null;
  readonly bytes: number;
  /** A sentence without its full stop, foreign in part. */
  readonly problem: string | null;
}

/** Both files as dom0 gets them, or why nobody knows. */
export type Dom0View =
  | { readonly sees: true; readonly kernel: SeenFile; readonly initrd: SeenFile }
  | { readonly sees: false; readonly why: string };

const seconds = limits.download.silence / 1000;
const whole = limits.download.whole / 1000;

/**
 * What fetches there: urllib2, as the loader does, with the Python of any dom0 from 5.6 (2.4) on. No proxy but the VM's
 * own: the loader is xapi's child, and not a login's.
 */
const python = `
import sys, socket, signal
try:
    import urllib2 as web
except ImportError:
    import urllib.request as web
socket.setdefaulttimeout(${seconds})
signal.alarm(${whole})
proxies = {}
if sys.argv[1]:
    proxies['http'] = sys.argv[1]
opener = web.build_opener(web.ProxyHandler(proxies))
for url in sys.argv[2:]:
    got = 0
    try:
        reply = opener.open(url)
        while got <= ${limits.netboot.initrd}:
            piece = reply.read(65536)
            if not piece:
                break
            got = got + len(piece)
        sys.stdout.write('xenfai got %d %d\\n' % (getattr(reply, 'code', None) or 0, got))
    except Exception:
        error = sys.exc_info()[1]
        told = ' '.join(str(error).split())[:200]
        sys.stdout.write('xenfai not %d %d %s\\n' % (getattr(error, 'code', None) or 0, got, told))
    sys.stdout.flush()
`;

/** What the script ends with where dom0 has neither (EX_UNAVAILABLE of sysexits.h). */
const neither = 69;

/** $1: that program; $2: the proxy, or nothing; then the URLs. Where there is no Python curl is as good. */
const script = `for python in python python2 python3; do
  command -v "$python" >/dev/null 2>&1 && exec "$python" -c "$@"
done
command -v curl >/dev/null 2>&1 || exit ${neither}
proxy=$2
shift 2
for url; do
  curl -sSL --max-redirs ${limits.download.redirects} --connect-timeout ${seconds} -m ${whole} -x "$proxy" -o /dev/null -w 'xenfai got %{http_code} %{size_download}\\n' "$url" 2>&1
done`;

/**
 * Both files asked for in dom0 itself, as its loader will. `proxy`: of a VM, as a URL; empty: none. Never throws but for
 * an abort.
 */
export async function viewFromDom0(
  shell: Shell,
  { kernel, initrd }: NetbootUrls,
  proxy: string,
  signal: AbortSignal,
): Promise<Dom0View> {
  if (![kernel, initrd].every(isPlain)) return { sees: false, why: 'the URL has other characters than a URL has' };
  const late = AbortSignal.timeout(limits.download.whole);
  try {
    const words = ['sh', '-c', script, 'sh', python, proxy, kernel, initrd];
    const { code, out } = await shell.run(words, AbortSignal.any([signal, late]));
    if (code === neither) return { sees: false, why: 'it has neither python nor curl' };
    return readView(out);
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof ConnectionFailure)) throw error;
    return { sees: false, why: error.message };
  }
}

/** Of what goes to another machine's shell nothing is left to how it is quoted alone. */
const isPlain = (url: string): boolean => /^(http|ftp):\/\/[\x21-\x7e]+$/.test(url);

/** What was printed there is foreign: only lines of the script's own form count. */
export function readView(printed: string): Dom0View {
  const seen: SeenFile[] = [];
  let told = '';
  for (const line of printed.split('\n')) {
    const match = /^xenfai (got|not) (\d{1,3}) (\d{1,15})(?: (.*))?$/.exec(line);
    // curl says why before.
    if (match === null) told = /^curl: (.{1,200})/.exec(line)?.[1] ?? told;
    else {
      const [, word, code, bytes, text = told] = match;
      seen.push(seenFile(word === 'got', Number(code), Number(bytes), text));
      told = '';
    }
  }
  const [kernel, initrd, ...more] = seen;
  if (kernel === undefined || initrd === undefined || more.length > 0)
    return { sees: false, why: 'what it answered was not understood' };
  return { sees: true, kernel, initrd };
}

function seenFile(got: boolean, code: number, bytes: number, text: string): SeenFile {
  const status = code === 0 ? null : code;
  // Any 2xx that came by urllib2 is taken by the loader, too.
  if (got && text === '' && (status === null || (status >= 200 && status < 300)))
    return { status, bytes, problem: bytes === 0 ? 'the file is empty' : null };
  if (status === 404) return { status, bytes, problem: 'there is no such file (404)' };
  return { status, bytes, problem: status === null ? text || 'there is no answer' : `the server answers ${status}` };
}
