import { netbootUrls, proxyUrl } from '../boot/methods/eliloader.ts';
import { afterInstallFindings } from '../fai/after-install.ts';
import { serversOf } from '../fai/servers.ts';
import { errorsOf } from '../problem/finding.ts';
import { checkArchive } from './archive/check.ts';
import { type CheckOptions, type CheckResult, checkNetboot, resultOf } from './check.ts';
import { dom0Finding } from './other-urls.ts';
import { checkServers } from './servers.ts';

const severities = ['error', 'warning', 'info'];

/**
 * All that can be seen from here before a boot: the netboot files, the Debian archive around them, the servers the
 * kernel line names; and how to see the same from dom0. Only the files can stop a start.
 */
export async function survey(options: CheckOptions, now: Date): Promise<CheckResult> {
  const { source, args, signal, loader, transport } = options;
  const proxy = options.proxy && proxyUrl(options.proxy);
  const netboot = await checkNetboot(options);
  if (netboot.files.every(({ detail }) => detail === 'not fetched') && errorsOf(netboot.findings).length > 0) {
    return netboot;
  }
  const { kernel } = netboot;
  // A server that answers nothing is not asked for more: each silence costs a person half a minute.
  const silent = netboot.findings.filter(({ code }) => code === 'unreachable').length === netboot.files.length;
  const archive =
    silent || /^nfs:/.test(source.repository)
      ? []
      : await checkArchive({ source, proxy, kernel, now, signal, transport });
  const servers = args === undefined ? [] : await checkServers(serversOf(args), transport.dial, signal);
  const later = args === undefined ? [] : afterInstallFindings(args);
  const dom0 = dom0Finding(source, netbootUrls(source, loader ?? 2010), proxy);
  const findings = [...netboot.findings, ...archive, ...servers, ...later, dom0];
  // What stops a boot comes first, wherever it was found.
  findings.sort((a, b) => severities.indexOf(a.severity) - severities.indexOf(b.severity));
  return resultOf(source, netboot.files, findings, kernel);
}
