import { typedTarget } from '../../../hosts/address.ts';
import type { Offer } from '../../../hosts/trust.ts';
import { defaults } from '../../../limits/defaults.ts';
import type { SceneReduced } from '../../app/screen.ts';
import { change, flash, go, loaderReason, type Shared, share } from '../../app/shared.ts';
import { stay } from '../../kit/binding.ts';
import { newForm } from '../../kit/form.ts';
import { fleetPlace } from '../fleet/place.ts';
import { connectPlace } from './place.ts';
import type { ConnectCommand, ConnectEvent, ConnectScene, ConnectState } from './state.ts';

type Reduced = SceneReduced<ConnectState, ConnectCommand>;

/** Step 1: which host, who, and what was found there. */
export function reduceConnect(scene: ConnectScene, event: ConnectEvent): Reduced {
  const { own } = scene;
  switch (event.type) {
    case 'connected': {
      const { name } = event;
      const { profiles, suggestions, visited } = scene.shared;
      const isWanted = suggestions.direct === true && own.opened.length === 0;
      const known = profiles.some((one) => one.name === name) && !own.opened.includes(name);
      const next = share(change(scene, { phase: 'connected', problem: null, opened: [...own.opened, name] }), {
        host: event.found,
        profiles: event.profiles,
        // Done, by whichever key one leaves.
        visited: visited.includes(connectPlace) ? visited : [...visited, connectPlace],
      });
      // Whoever named this host, or has worked with it before this session, wants to see its VMs.
      if (!isWanted && !known) return stay(next);
      const fleet = share(go(next, fleetPlace), { visited: [connectPlace] });
      // Who comes here at once has not seen what this screen says of it.
      const without = loaderReason(fleet.shared);
      return stay(without === null ? fleet : flash(fleet, without, 'note'));
    }
    case 'untrusted':
      return stay(own.phase === 'connecting' ? change(scene, { phase: 'untrusted', offer: event.offer }) : scene);
    case 'trusted':
      return stay(followAgain(scene));
    case 'failed': {
      if (own.phase !== 'connecting') return stay(scene);
      // A refused password is typed anew, not mended blindly.
      const refused = event.problem.exit === 4;
      const form = refused
        ? newForm({ ...own.form.values, password: '' }, 'password')
        : newForm(own.form.values, 'address');
      return stay(change(scene, { phase: 'form', form, problem: event.problem }));
    }
  }
}

/** Whoever named the host and gave the password is not asked for them. */
export const beginConnect = (scene: ConnectScene): Reduced =>
  scene.shared.suggestions.direct === true ? submit(scene) : stay(scene);

/** A line of the menu: the form of this host, or at once to it where its password is known. */
export function chooseHost(scene: ConnectScene, name: string): Reduced {
  const profile = scene.shared.profiles.find((one) => one.name === name);
  const { values } = scene.own.form;
  const { password = '' } = scene.shared.suggestions;
  if (profile === undefined) {
    const other = scene.shared.profiles.some(({ address, via }) => typedTarget(address, via) === values.address);
    const fresh = other ? { address: '', user: defaults.user, password } : values;
    return stay(change(scene, { phase: 'form', form: newForm(fresh, 'address'), problem: null }));
  }
  const { user } = profile;
  const address = typedTarget(profile.address, profile.via);
  // A password that was typed for one host is not sent to another.
  const known = { address, user, password: address === values.address ? values.password : password };
  const next = change(scene, { phase: 'form', form: newForm(known, 'password'), problem: null });
  return known.password === '' ? stay(next) : submit(next);
}

/**
 * One's host has another certificate, or its pool another coordinator, which nobody has agreed to: somebody wants to see
 * it. What was agreed to before is agreed to anew outside, for it may be an attack.
 */
export function noticeConnect(before: Shared, scene: ConnectScene): Reduced {
  const { followed, fleet } = scene.shared;
  const { offer, refused } = fleet.lost ?? {};
  if (followed === before.followed || scene.own.phase === 'connecting') return stay(scene);
  const there = { place: connectPlace, left: null };
  if (offer !== undefined && scene.own.phase === 'connected')
    return stay(share(change(scene, { phase: 'untrusted', offer, returns: true }), there));
  if (refused === undefined) return stay(scene);
  const form = newForm(scene.own.form.values, 'address');
  return stay(share(change(scene, { phase: 'form', form, problem: refused }), there));
}

/** Back where one came from; the session finds the coordinator by itself now. */
function followAgain(scene: ConnectScene): ConnectScene {
  const { fleet, followed } = scene.shared;
  const lost = fleet.lost === null ? null : { ...fleet.lost, offer: undefined };
  return share(go(scene, fleetPlace), { fleet: { ...fleet, lost }, followed: followed + 1 });
}

/** Somebody has looked at the certificate and said yes. */
export function agree(scene: ConnectScene): Reduced {
  const { returns, offer } = scene.own;
  if (!returns || offer === null) return submit(scene, offer);
  const agreed = change(scene, { phase: 'connected', offer: null, returns: false });
  return stay(agreed, { do: 'trust', offer });
}

export const decline = (scene: ConnectScene): Reduced =>
  scene.own.returns
    ? stay(go(change(scene, { phase: 'connected', offer: null, returns: false }), fleetPlace))
    : declineLogin(scene);

const declineLogin = (scene: ConnectScene): Reduced =>
  stay(change(scene, { phase: 'form', form: newForm(scene.own.form.values, 'address'), offer: null }));

export function submit(scene: ConnectScene, agreed: Offer | null = null): Reduced {
  const { address, user, password } = scene.own.form.values;
  return stay(change(scene, { phase: 'connecting', problem: null, offer: null }), {
    do: 'connect',
    ...(agreed === null ? {} : { agreed }),
    address: address.trim(),
    user: user.trim() || defaults.user,
    password,
  });
}
