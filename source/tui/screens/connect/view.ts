import { loaderText, networkBootText, withoutLoader } from '../../../boot/network-boot.ts';
import { parseTarget, sendsPasswordInClear } from '../../../hosts/address.ts';
import type { Capabilities } from '../../../hosts/capabilities.ts';
import { problemRows } from '../../app/problem-rows.ts';
import type { Found } from '../../app/shared.ts';
import type { View } from '../../kit/binding.ts';
import { busyRow, formRows, helpRows, requiredNote } from '../../kit/form-rows.ts';
import { blank, foreign, hint, type Line, line, span, title, wrapped } from '../../kit/lines.ts';
import { menuOf } from '../../kit/menu.ts';
import type { Size } from '../../kit/size.ts';
import { type ConnectScene, hostItems, loginFields } from './state.ts';

/** What this is, for whoever sees it for the first time. */
const introduction = [
  'xenfai installs Debian on virtual machines of XenServer and XCP-ng with FAI: it prepares a template',
  'and a repository, makes VMs, boots them and watches. Nothing is changed before you have seen the plan.',
].join(' ');

const introductionRows = ({ width }: Size): Line[] => [...wrapped(introduction, width, 'dim'), blank];

export const hostMenuView = (scene: ConnectScene, size: Size): View => ({
  rows: [...introductionRows(size), title('Which XenServer?'), blank],
  menu: menuOf(hostItems(scene), scene.own.menu),
});

export function loginView({ own }: ConnectScene, size: Size): View {
  const { form, phase, problem } = own;
  const rows: Line[] = [
    // Who is told what went wrong is told it whole, on 24 rows, too.
    ...(problem === null ? introductionRows(size) : []),
    [...title('Which XenServer?'), requiredNote],
    blank,
    ...formRows(loginFields, form, size, phase === 'form').rows,
    ...(problem === null ? [blank, ...helpRows(loginFields, form, size)] : []),
  ];
  if (crossesNetwork(form.values.address))
    rows.push(line('Plain http: the password crosses the network unencrypted.', 'warn'));
  if (phase === 'connecting') rows.push(blank, busyRow('Connecting', size));
  if (problem !== null) rows.push(blank, ...problemRows(problem, size));
  return { rows };
}

/** True for an http:// address that is neither this machine itself nor the one that ssh leads to. */
function crossesNetwork(text: string): boolean {
  if (!/^\s*http:/i.test(text)) return false;
  try {
    return sendsPasswordInClear(parseTarget(text));
  } catch {
    return false;
  }
}

/** What answered, and how this release boots PV guests. */
export function connectedView({ shared }: ConnectScene, size: Size): View {
  const { host, readOnly, suggestions } = shared;
  if (host === null) return { rows: [] };
  const row = (label: string, value: string): Line => [span(label.padEnd(14), 'dim'), foreign(value)];
  return {
    rows: [
      [span(`${size.glyphs.done} `, 'good'), span('Connected', 'title', { bold: true })],
      blank,
      row('host', `${host.name} (${host.address})`),
      ...(host.via === undefined ? [] : [row('by ssh', `through ${host.via}`)]),
      row('product', `${host.product} ${host.version}`),
      row('pool', poolText(host)),
      row('hypervisor', `Xen ${host.xen}`),
      blank,
      ...ableRows(host.able, size),
      ...(readOnly || suggestions.banner !== undefined
        ? []
        : [blank, hint('The address is saved for next time; the password is not.')]),
    ],
  };
}

/** How it boots a PV guest from the network, and what follows. */
function ableRows({ loader, networkBoot }: Capabilities, { width }: Size): Line[] {
  const says = networkBootText(networkBoot);
  if (networkBoot === 'hvm-only')
    return [...wrapped(says, width, 'warn'), blank, ...withoutLoader.flatMap((text) => wrapped(text, width))];
  const how = `How it boots a PV guest from the network: ${loaderText(loader)}`;
  return [
    ...(networkBoot === 'unknown' ? [] : wrapped(how, width)),
    ...(says === '' ? [] : wrapped(says, width, 'warn')),
    blank,
    ...wrapped(
      'The loader runs in dom0, fetches kernel and initrd once, and then switches the VM to boot from its disk. That is the one attempt.',
      width,
      'dim',
    ),
  ];
}

/** A pool may have several hosts and no name. */
const poolText = ({ pool, hosts }: Found): string => pool || (hosts > 1 ? `${hosts} hosts` : 'a host of its own');
