import { netbootUrls } from '../boot/methods/eliloader.ts';
import { serversOf } from '../fai/servers.ts';
import { errorsOf } from '../problem/finding.ts';
import { checkArchive } from './archive/check.ts';
import { type CheckOptions, type CheckResult, checkNetboot, resultOf } from './check.ts';
import { dom0Finding } from './other-urls.ts';
import { checkServers, type Dial } from './servers.ts';

const severities = ['error', 'warning', 'info'];

export interface Surroundings {
  readonly now: Date;
  readonly dial: Dial;
}

/**
 * All that can be seen from here before a boot: the netboot files, the Debian archive around them, the servers the
 * kernel line names; and how to see the same from dom0. Only the files can stop a start.
 */
export async function survey(options: CheckOptions, { now, dial }: Surroundings): Promise<CheckResult> {
  const { source, proxy, args, signal, loader } = options;
  const netboot = await checkNetboot(options);
  if (netboot.files.every(({ detail }) => detail === 'not fetched') && errorsOf(netboot.findings).length > 0) {
    return netboot;
  }
  const { kernel } = netboot;
  const archive = /^nfs:/.test(source.repository) ? [] : await checkArchive({ source, proxy, kernel, now, signal });
  const reach = args === undefined ? [] : await checkServers(serversOf(args), dial, signal);
  const dom0 = dom0Finding(source, netbootUrls(source, loader ?? 2010), proxy);
  const findings = [...netboot.findings, ...archive, ...reach, dom0];
  // What stops a boot comes first, wherever it was found.
  findings.sort((a, b) => severities.indexOf(a.severity) - severities.indexOf(b.severity));
  return resultOf(netboot.files, findings, kernel);
}
