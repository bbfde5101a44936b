import { proxyUrl } from '../boot/methods/eliloader.ts';
import { afterInstallFindings } from '../fai/after-install.ts';
import { serversOf } from '../fai/servers.ts';
import { checkArchive } from './archive/check.ts';
import { type CheckOptions, type CheckResult, checkNetboot, resultOf } from './check.ts';
import { asDom0Sees, isUnasked } from './dom0-check.ts';
import { checkServers } from './servers.ts';

const severities = ['error', 'warning', 'info'];

/**
 * All that can be seen before a boot: the netboot files, the Debian archive around them, the servers the kernel line
 * names; the files from dom0, too, or how to see them from there. Only the files can stop a start.
 */
export async function survey(options: CheckOptions, now: Date): Promise<CheckResult> {
  const { source, args, signal, transport } = options;
  const proxy = options.proxy && proxyUrl(options.proxy);
  const looked = await checkNetboot(options);
  if (isUnasked(looked)) return looked;
  const { kernel } = looked;
  // A server that answers nothing is not asked for more: each silence costs a person half a minute.
  const silent = looked.findings.filter(({ code }) => code === 'unreachable').length === looked.files.length;
  const archive =
    silent || /^nfs:/.test(source.repository)
      ? []
      : await checkArchive({ source, proxy, kernel, now, signal, transport });
  const servers = args === undefined ? [] : await checkServers(serversOf(args), transport.dial, signal);
  const later = args === undefined ? [] : afterInstallFindings(args);
  const netboot = await asDom0Sees(looked, options);
  const findings = [...netboot.findings, ...archive, ...servers, ...later];
  // What stops a boot comes first, wherever it was found.
  findings.sort((a, b) => severities.indexOf(a.severity) - severities.indexOf(b.severity));
  return resultOf(source, netboot.files, findings, kernel);
}
