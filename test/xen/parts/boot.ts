import type { Site } from '../site.ts';

/** dom0 with its hypervisor, and nothing of ours in it. */
export async function boot({ dom0, say }: Site): Promise<void> {
  say(await dom0.run('xl info | grep -E "xen_version|total_memory|virt_caps"; xl list'));
}
