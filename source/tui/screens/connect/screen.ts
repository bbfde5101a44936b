import type { Screen } from '../../app/screen.ts';
import { termsOf } from '../../kit/form.ts';
import { typeIn } from '../../kit/form-keys.ts';
import { connectedKeys, connectingKeys, hostMenuKeys, loginForm, loginKeys, untrustedKeys } from './keys.ts';
import { connectPlace } from './place.ts';
import { beginConnect, noticeConnect, reduceConnect } from './reduce.ts';
import { type ConnectCommand, type ConnectEvent, type ConnectState, loginFields, startConnect } from './state.ts';
import { untrustedView } from './untrusted.ts';
import { connectedView, hostMenuView, loginView } from './view.ts';

/** Step 1: a host, known or new, and what was found there. */
export const connect: Screen<'connect', ConnectState, ConnectEvent, ConnectCommand> = {
  name: 'connect',
  place: connectPlace,
  start: startConnect,
  begin: beginConnect,
  layers(scene) {
    switch (scene.own.phase) {
      case 'menu':
        return [{ keys: hostMenuKeys, view: hostMenuView, terms: () => ['profile', 'xenserver', 'fai'] }];
      case 'form':
        return [
          {
            keys: loginKeys(scene),
            typed: (now, key) => typeIn(loginForm, now, key),
            view: loginView,
            terms: ({ own }) => termsOf(loginFields, own.form),
          },
        ];
      case 'connecting':
        return [{ keys: connectingKeys, view: loginView }];
      case 'untrusted':
        return [{ keys: untrustedKeys, view: untrustedView, terms: () => ['certificate', 'dom0', 'pool'] }];
      case 'connected':
        return [{ keys: connectedKeys, view: connectedView, terms: () => ['eliloader', 'pv', 'dom0', 'pool'] }];
    }
  },
  reduce: reduceConnect,
  notice: noticeConnect,
  busy: ({ phase }) => phase === 'connecting',
  perform: async (command, work) => (await import('./effects.ts')).performConnect(command, work),
  failed: (_, problem) => ({ type: 'failed', problem }),
};
