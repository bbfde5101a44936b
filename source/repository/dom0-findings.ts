import type { Finding } from '../problem/finding.ts';
import type { CheckedFile, FileName } from './check.ts';
import type { Dom0View, SeenFile } from './dom0-view.ts';

/** What a check has found out from here, of the two files. */
interface FromHere {
  readonly files: readonly CheckedFile[];
  readonly findings: readonly Finding[];
}

/** Said of the way of a file, which is another one from dom0; what is in a file is the same from everywhere. */
const ofTheWay = new Set(['not-found', 'http-error', 'unreachable', 'redirect', 'cut-off', 'slow']);

/**
 * What this machine and dom0 see, as one: the loader runs in dom0, so its view decides whether a file comes, and this
 * machine's what is in it. `name`: whose dom0 it is.
 */
export function withDom0View({ files, findings }: FromHere, view: Dom0View & { sees: true }, name: string): FromHere {
  const place = `dom0 of ${name}`;
  const seenOf = (file: FileName): SeenFile => (file === 'vmlinuz' ? view.kernel : view.initrd);
  const isLost = ({ severity, code, message }: Finding, file: CheckedFile): boolean =>
    severity === 'error' && ofTheWay.has(code) && message.startsWith(`${file.name}: `);
  const judged = files.map((file) => {
    const lost = findings.some((finding) => isLost(finding, file));
    return judge(file, seenOf(file.name), lost, place);
  });
  const comesThere = files.filter(({ name: file }) => seenOf(file).problem === null);
  return {
    files: judged.map(({ file }) => file),
    findings: [
      ...findings.map((finding) =>
        comesThere.some((file) => isLost(finding, file)) ? onlyFromHere(finding, place) : finding,
      ),
      ...judged.flatMap(({ finding }) => finding ?? []),
      summary(view, place),
    ],
  };
}

interface Judged {
  readonly file: CheckedFile;
  readonly finding: Finding | null;
}

/** `lost`: it did not come here. */
function judge(file: CheckedFile, seen: SeenFile, lost: boolean, place: string): Judged {
  const { name } = file;
  if (seen.problem !== null) {
    const finding: Finding = {
      severity: 'error',
      code: 'dom0-not-served',
      message: `${name}: ${place} does not get it: ${seen.problem}. The loader, which runs there, would not either.`,
      try: 'Look from there: name, route, firewall, and whom the server serves.',
    };
    const detail = lost ? file.detail : `${place}: ${seen.problem}`;
    return { file: { ...file, ok: false, detail }, finding };
  }
  if (lost) {
    const detail = `${place} gets it; nobody has looked into it`;
    return { file: { ...file, ok: true, status: seen.status, bytes: seen.bytes, detail }, finding: null };
  }
  if (file.bytes === seen.bytes) return { file, finding: null };
  const finding: Finding = {
    severity: 'warning',
    code: 'dom0-other-file',
    message: `${name}: ${place} gets ${seen.bytes} bytes, this machine ${file.bytes}: not the same file.`,
    try: 'Look for a proxy or a cache between, and for a server that answers by address.',
  };
  return { file, finding };
}

const onlyFromHere = (finding: Finding, place: string): Finding => ({
  ...finding,
  severity: 'warning',
  message: `${finding.message} So it is from this machine; ${place}, where the loader runs, gets it.`,
});

function summary({ kernel, initrd }: Dom0View & { sees: true }, place: string): Finding {
  const both = kernel.problem === null && initrd.problem === null;
  const message = both
    ? `Seen from ${place}, where the loader runs, too: it gets both files, ${kernel.bytes} and ${initrd.bytes} bytes.`
    : `Seen from ${place}, where the loader runs, too: that decides.`;
  return { severity: 'info', code: 'seen-from-dom0', message };
}
