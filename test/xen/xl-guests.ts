import { setTimeout as pause } from 'node:timers/promises';
import type { ApiError } from '../../source/simulator/api-error.ts';
import type { Built, Domain, DomainPlan, Ends, Guests } from '../../source/simulator/guest/guests.ts';
import { kernelRefused, noKernelOnDisk } from '../../source/simulator/guest/scripted.ts';
import type { Dom0 } from './dom0.ts';

/** What a domain ended with, as Xen numbers it (xen/include/public/sched.h). */
const reasons: Readonly<Record<string, 'halted' | 'rebooted' | 'crashed'>> = {
  0: 'halted',
  1: 'rebooted',
  3: 'crashed',
};

const second = 1000;

/**
 * Real guests: domains that xl builds in a real dom0, with Xen's own domain builder and pygrub. `note` hears what is
 * done, and each refusal in Xen's own words.
 */
export function xlGuests(dom0: Dom0, note: (text: string) => void): Guests {
  let domains = 0;
  // One thing after the other: a disk is there before the domain that has it, and free before the next.
  let last: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const done = last.then(work);
    last = done.catch((error: unknown) => note(`dom0: ${String(error)}`));
    return done;
  };
  const soon = (line: string): void => void inTurn(() => dom0.run(line)).catch(() => {});
  return {
    disks: {
      made: (vdi, size) => soon(`truncate -s ${size} ${image(vdi)}`),
      copied: (vdi, from) => soon(`cp --sparse=always ${image(from)} ${image(vdi)}`),
      resized: (vdi, size) => soon(`truncate -s ${size} ${image(vdi)}`),
      dropped: (vdi) => soon(`rm -f ${image(vdi)}`),
    },
    build(plan, signal) {
      domains += 1;
      const domain = `guest${domains}`;
      return inTurn(() => build(dom0, domain, plan, note)).then((built) => {
        signal.throwIfAborted();
        return { arch: built, start: (ends) => start(dom0, domain, ends, { soon, note }) };
      });
    },
  };
}

/** A VDI's reference in a file's name. */
const image = (vdi: string): string => `/vdis/${vdi.replace('OpaqueRef:', '')}.img`;

/** The domain stands still when this is over. */
async function build(
  dom0: Dom0,
  domain: string,
  plan: DomainPlan,
  note: (text: string) => void,
): Promise<Built['arch']> {
  const { boot } = plan;
  if (boot.from === 'hvm') throw new Error('HVM guests are not driven');
  const folder = `/vdis/${domain}`;
  await dom0.run(`mkdir -p ${folder}`);
  const lines = [`name = "${domain}"`, 'type = "pv"', ...devices(plan), `extra = ${quoted(boot.line)}`];
  if (boot.from === 'disk') lines.push('bootloader = "pygrub"');
  else {
    await dom0.run(`cat > ${folder}/kernel`, boot.kernel);
    lines.push(`kernel = "${folder}/kernel"`);
    if (boot.initrd !== null) {
      await dom0.run(`cat > ${folder}/initrd`, boot.initrd);
      lines.push(`ramdisk = "${folder}/initrd"`);
    }
  }
  await dom0.run(`cat > ${folder}/cfg`, Buffer.from(`${lines.join('\n')}\n`));
  if (boot.from === 'net')
    note(`${domain}: given to Xen\n${await dom0.run(`cd ${folder} && sha256sum kernel initrd`)}`);
  note(`${domain}: xl create, from ${boot.from === 'net' ? 'kernel and initrd' : 'its disk'}`);
  try {
    await dom0.run(`xl create -p ${folder}/cfg`);
  } catch (error) {
    const said = await dom0.run('cat /var/log/xen/bootloader.*.log 2>/dev/null || true').catch(() => '');
    note(`${domain}: refused: ${String(error)}\n${said}`);
    throw refusal(boot.from, String(error));
  }
  await dom0.run(`rm -f ${folder}/kernel ${folder}/initrd`);
  return 'x64';
}

/** xl's errors as xapi words them, where it is the guest's fault; others are this machine's. */
function refusal(from: 'net' | 'disk', error: string): ApiError | Error {
  if (from === 'disk' && /bootloader/i.test(error)) return noKernelOnDisk();
  if (from === 'net' && /xc_dom|Invalid kernel|kernel image/i.test(error)) return kernelRefused();
  return new Error(error);
}

/** Every end is kept for us to look at, and to act upon as the VM's record wants. */
function devices({ memory, vcpus, macs, disks }: DomainPlan): string[] {
  const list = (words: readonly string[]): string => `[${words.map(quoted).join(', ')}]`;
  return [
    `memory = ${Math.floor(memory / 1024 ** 2)}`,
    `vcpus = ${vcpus}`,
    `vif = ${list(macs.map((mac) => `mac=${mac},bridge=xenbr0`))}`,
    `disk = ${list(disks.map(({ vdi, device, writable }) => `${image(vdi)},raw,${device},${writable ? 'w' : 'r'}`))}`,
    ...['poweroff', 'reboot', 'crash'].map((end) => `on_${end} = "preserve"`),
  ];
}

/** Text in a file for xl, which knows no escapes: what has a quote in it cannot be said. */
function quoted(text: string): string {
  if (!text.includes('"')) return `"${text}"`;
  if (!text.includes("'")) return `'${text}'`;
  throw new Error(`xl cannot be told ${text}`);
}

interface Ways {
  readonly soon: (line: string) => void;
  readonly note: (text: string) => void;
}

function start(dom0: Dom0, domain: string, ends: Ends, { soon, note }: Ways): Domain {
  const life = new AbortController();
  let asked: (() => void) | null = null;
  const silence = dom0.follow(`tail -n +1 -F /var/log/xen/console/guest-${domain}.log 2>/dev/null`, ends.console);
  soon(`xl unpause ${domain}`);
  watch(dom0, domain, life.signal)
    .then((reason) => {
      note(`${domain}: ${reason}`);
      if (asked === null) ends[reason]();
      else asked();
    })
    .catch((error: unknown) => {
      if (!life.signal.aborted) note(`${domain}: not watched any more: ${String(error)}`);
    });
  return {
    ask(wish) {
      soon(`xl ${wish === 'halted' ? 'shutdown' : 'reboot'} ${domain}`);
      return new Promise<void>((resolve) => {
        asked = resolve;
      });
    },
    freeze: () => soon(`xl pause ${domain}`),
    thaw: () => soon(`xl unpause ${domain}`),
    stop() {
      life.abort();
      silence();
      soon(`xl destroy ${domain}; rm -rf /vdis/${domain}`);
    },
  };
}

/** Until the domain ends. */
async function watch(dom0: Dom0, domain: string, signal: AbortSignal): Promise<'halted' | 'rebooted' | 'crashed'> {
  for (;;) {
    // Name, id, memory, VCPUs, state, time, UUID, reason, label.
    const said = await dom0.run(`xl list -v ${domain}`).catch(() => '');
    const [, , , , state = '', , , reason = ''] = said.trim().split('\n').at(-1)?.split(/\s+/) ?? [];
    if (/[sc]/.test(state)) return reasons[reason] ?? 'crashed';
    await pause(3 * second, undefined, { signal });
  }
}
