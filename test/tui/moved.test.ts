import { describe, expect, test } from 'vitest';
import { explainTls } from '../../source/hosts/explain-tls.ts';
import type { Offer } from '../../source/hosts/trust.ts';
import type { Problem } from '../../source/problem/problem.ts';
import { UntrustedCertificate } from '../../source/transport/trust.ts';
import { lossReason, lossText } from '../../source/tui/app/connection.ts';
import { topmost } from '../../source/tui/app/layers.ts';
import { sharing } from '../../source/tui/app/shared.ts';
import { unicode } from '../../source/tui/kit/theme.ts';
import type { AppState } from '../../source/tui/screens/index.ts';
import type { Loss } from '../../source/watch/fleet.ts';
import { at, now, offer, play, say, stack } from './play.ts';

// The pool has another coordinator in the middle of the night, and nobody has agreed to its certificate yet.

const heir: Offer = { ...offer, presented: { ...offer.presented, authority: 'xvm04:443' }, legacyTls: false };
const loss: Loss = { reason: 'why', since: now, nextTry: now + 30_000, offer: heir };
const moved = (state: AppState = at('fleet')): AppState => {
  const connected = { ...state, connect: { ...state.connect, phase: 'connected' as const } };
  return sharing(connected, { fleet: { ...connected.shared.fleet, lost: loss } });
};

test('what it shows and how to agree to it is seen whole on 24 rows', () => {
  const { presented } = offer;
  const trusts = { fingerprint: presented.fingerprint };
  const problem = explainTls(new UntrustedCertificate(presented, { trusts, legacyTls: true }), 'xvm03');
  const { state } = play(at('fleet'), say.fleet({ type: 'lost', problem }), 'ctrl-r');
  const size = { width: 80, height: 24, glyphs: unicode };
  // Three above: of the program, the steps and the host; two below.
  const rows = topmost(stack(state), 'view')?.(state, size).rows ?? [];
  expect(rows.length).toBeLessThanOrEqual(24 - 5);
  expect(rows.map((row) => row.map(({ text }) => text).join('')).join('')).toContain('--legacy-tls');
});

describe('the host itself shows another certificate', () => {
  const refused: Problem = { code: 'certificate-changed', exit: 5, message: 'It has changed.', try: [] };
  const followed = at('fleet');
  const connected = { ...followed, connect: { ...followed.connect, phase: 'connected' as const } };
  const { state } = play(connected, say.fleet({ type: 'lost', problem: refused }));

  test('which is said instead of a silence, and nothing is tried any more', () => {
    expect(state.shared.fleet.lost).toMatchObject({ nextTry: null, refused });
    const { lost } = state.shared.fleet;
    expect(lost === null ? '' : lossText(lost, state.shared)).toBe(
      'The certificate of xvm03 has changed: nothing is sent; ^R shows it.',
    );
    expect(lossReason(state.shared)).not.toBeNull();
  });

  test('and the key shows both, where one may connect again', () => {
    const asked = play(state, 'ctrl-r').state;
    expect(asked.shared.place.name).toBe('connect');
    expect(asked.connect).toMatchObject({ phase: 'form', problem: refused });
    expect(
      play(at('fleet'), say.fleet({ type: 'lost', problem: refused }), 'ctrl-r', 'escape', 'ctrl-r').state,
    ).toEqual(expect.objectContaining({ connect: expect.objectContaining({ problem: refused }) }));
  });
});

test('every screen says so, and nobody is interrupted', () => {
  const state = moved();
  expect(state.shared.place.name).toBe('fleet');
  expect(lossText(loss, state.shared)).toBe(
    'Not connected to xvm03 for less than a minute; ^R shows xvm04, which is not trusted yet.',
  );
});

describe('the key that would try again shows the certificate', () => {
  const asked = play(moved(), 'ctrl-r').state;

  test('as the question that every host is asked with', () => {
    expect(asked.shared.place.name).toBe('connect');
    expect(asked.connect).toMatchObject({ phase: 'untrusted', offer: heir });
  });

  test('Enter agrees to nothing', () => expect(play(asked, 'enter').commands).toEqual([]));

  test('yes keeps it, and the fleet is followed again, with the session that there is', () => {
    const yes = play(asked, 'y');
    expect(yes.commands).toEqual([{ do: 'trust', offer: heir }]);
    const after = play(yes.state, say.connect({ type: 'trusted' }));
    expect(after.commands).toContainEqual({ do: 'hurry' });
    expect(after.state.shared.place.name).toBe('fleet');
    expect(after.state.connect.phase).toBe('connected');
    expect(after.state.shared.fleet.lost?.offer).toBeUndefined();
  });

  test('no leads back to the fleet, which goes on trying', () => {
    const no = play(asked, 'n');
    expect(no.commands).toEqual([]);
    expect(no.state.shared.place.name).toBe('fleet');
    expect(no.state.connect.phase).toBe('connected');
  });
});
