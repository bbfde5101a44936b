import { netbootUrls, proxyUrl } from '../boot/methods/eliloader.ts';
import { type CheckOptions, type CheckResult, checkNetboot, resultOf } from './check.ts';
import { withDom0View } from './dom0-findings.ts';
import { viewFromDom0 } from './dom0-view.ts';
import { dom0Finding } from './other-urls.ts';

/** What this machine has seen, with the view of dom0 where something leads there, else with the line that shows it. */
export async function asDom0Sees(
  looked: CheckResult,
  { source, proxy: given, loader, dom0 = null, signal }: CheckOptions,
): Promise<Pick<CheckResult, 'files' | 'findings'>> {
  const urls = netbootUrls(source, loader ?? 2010);
  const proxy = given && proxyUrl(given);
  const { files, findings } = looked;
  // Of an nfs repository there is nothing to GET.
  if (dom0 === null || /^nfs:/.test(source.repository))
    return { files, findings: [...findings, dom0Finding(source, urls, proxy)] };
  const view = await viewFromDom0(dom0, urls, /^http:/.test(source.repository) ? (proxy ?? '') : '', signal);
  if (view.sees) return withDom0View(looked, view, dom0.name);
  return { files, findings: [...findings, dom0Finding(source, urls, proxy, view.why)] };
}

/** Nothing was asked for: something in the settings stands before that. */
export const isUnasked = ({ files, ok }: CheckResult): boolean =>
  !ok && files.every(({ detail }) => detail === 'not fetched');

/**
 * The two files, for whoever is about to start a VM. Where they did not come to this machine dom0 is asked, if something
 * leads there: the loader runs in it, and this machine may be in another network. Throws for an abort only.
 */
export async function checkBeforeStart(options: CheckOptions): Promise<CheckResult> {
  const looked = await checkNetboot(options);
  if (looked.ok || isUnasked(looked) || !options.dom0) return looked;
  const { files, findings } = await asDom0Sees(looked, options);
  return resultOf(options.source, files, findings, looked.kernel);
}
