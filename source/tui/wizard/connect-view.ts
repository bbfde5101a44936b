import { sendsPasswordInClear } from '../../hosts/address.ts';
import { blank, foreign, type Line, line, span, title, wrapped } from '../lines.ts';
import type { AppState } from '../state.ts';
import { formRow, hint, problemRows, type Size } from '../view.ts';
import { connectFields } from './connect.ts';

const labels = { address: 'address', user: 'user', password: 'password' } as const;

const helps = {
  address: 'Host name or IP of the pool master. https is meant unless you write http://.',
  user: 'root, unless the pool uses Active Directory.',
  password: 'Kept in memory only: never written to a file, never shown.',
} as const;

export function connectRows(state: AppState, size: Size): Line[] {
  const { connect } = state;
  if (connect.phase === 'connected' && connect.found !== null) return foundRows(state, size);
  const rows: Line[] = [title('Which XenServer?'), blank];
  for (const [index, name] of connectFields.entries()) {
    const { value, cursor } = connect[name];
    const focused = connect.phase === 'form' && connect.field === index;
    rows.push(
      formRow({ label: labels[name], value, cursor, focused, kind: name === 'password' ? 'secret' : 'text' }, size),
    );
  }
  rows.push(blank, hint(helps[connectFields[connect.field] ?? 'address']));
  if (crossesNetwork(connect.address.value))
    rows.push(line('Plain http: the password crosses the network readable.', 'warn'));
  if (connect.phase === 'connecting') rows.push(blank, line(`Connecting${size.glyphs.ellipsis}`, 'accent'));
  if (connect.problem !== null) rows.push(blank, ...problemRows(connect.problem, size));
  return rows;
}

/** True for an http:// address that is not this machine itself. */
const crossesNetwork = (address: string): boolean => URL.canParse(address) && sendsPasswordInClear(new URL(address));

/** What answered, and how this release boots PV guests. */
function foundRows(state: AppState, size: Size): Line[] {
  const { found } = state.connect;
  if (found === null) return [];
  const row = (label: string, value: string): Line => [span(label.padEnd(14), 'dim'), foreign(value)];
  const loader =
    found.loader < 2012
      ? 'eliloader of 2010: always appends dists/<release>/ to the repository, and never looks at the length of what it gets.'
      : found.loader < 2014
        ? 'eliloader of 2012: leaves a repository that names a distribution alone, and compares lengths.'
        : 'eliloader of 2014: takes at most 32 MiB of kernel and 128 MiB of initrd.';
  return [
    [span(`${size.glyphs.done} `, 'good'), span('Connected', 'title', { bold: true })],
    blank,
    row('host', `${found.name} (${found.address})`),
    row('product', `${found.product} ${found.version}`),
    row('pool', found.pool === '' ? 'a host of its own' : found.pool),
    row('hypervisor', `Xen ${found.xen}`),
    blank,
    ...wrapped(`How it boots a PV guest from the network: ${loader}`, size.width),
    blank,
    ...wrapped(
      'The loader runs in dom0, fetches kernel and initrd once, and then switches the VM to boot from its disk. That is the one attempt.',
      size.width,
      'dim',
    ),
    blank,
    hint('The address is saved for next time; the password is not.'),
  ];
}
