/**
 * One message of FAI's monitor protocol: `<sendid> <KEYWORD> [name [code]]`, a line a connection, TCP 4711
 * (fai's lib/subroutines: sendmon; the daemon: fai-monitor). Texts are foreign.
 */
export type MonitorMessage = { readonly sendid: string } & (
  | { readonly keyword: 'check' }
  | { readonly keyword: 'FAIREBOOT' }
  | { readonly keyword: 'TASKBEGIN'; readonly name: string }
  | { readonly keyword: 'TASKSKIP'; readonly name: string }
  | { readonly keyword: 'HOOK'; readonly name: string }
  | { readonly keyword: 'TASKEND'; readonly name: string; readonly code: number }
  | { readonly keyword: 'TASKERROR'; readonly name: string; readonly code: number }
);

/** Null for anything that is no such line: a port scanner, a request for a variable, noise. */
export function parseMonitorLine(line: string): MonitorMessage | null {
  const [sendid, keyword, name, code, ...rest] = line.replace(/\r?\n?$/, '').split(' ');
  if (!sendid || rest.length > 0 || sendid.length > 255) return null;
  if (keyword === 'check' || keyword === 'FAIREBOOT') return { sendid, keyword };
  if (!name || !/^[\w.+-]{1,80}$/.test(name)) return null;
  if (keyword === 'TASKBEGIN' || keyword === 'TASKSKIP' || keyword === 'HOOK') return { sendid, keyword, name };
  if (keyword === 'TASKEND' || keyword === 'TASKERROR') {
    if (code !== undefined && !/^\d{1,5}$/.test(code)) return null;
    return { sendid, keyword, name, code: Number(code ?? 0) };
  }
  return null;
}
