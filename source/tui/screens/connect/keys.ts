import { helpKey, quitKey } from '../../app/layers.ts';
import type { AppCommand, SceneBinding, SceneForm } from '../../app/screen.ts';
import { change, go } from '../../app/shared.ts';
import { stay } from '../../kit/binding.ts';
import { focusOn } from '../../kit/form.ts';
import { formKeys } from '../../kit/form-keys.ts';
import { type MenuAt, menuKeys } from '../../kit/menu-keys.ts';
import { templatePlace } from '../template/place.ts';
import { agree, chooseHost, decline, submit } from './reduce.ts';
import {
  type ConnectCommand,
  type ConnectScene,
  type ConnectState,
  hostItems,
  type Login,
  loginFields,
} from './state.ts';

type Key = SceneBinding<ConnectState, ConnectCommand>;

const menu: MenuAt<ConnectScene, ConnectCommand | AppCommand> = {
  list: ({ own }) => own.menu,
  put: (scene, list) => change(scene, { menu: list }),
  items: hostItems,
  choose: chooseHost,
  help: 'open this host',
};

export const hostMenuKeys: readonly Key[] = [...menuKeys(menu), helpKey(), quitKey()];

export const loginForm: SceneForm<ConnectState, ConnectCommand, Login> = {
  form: ({ own }) => own.form,
  put: (scene, form) => change(scene, { form }),
  fields: () => loginFields,
  submit: (scene) => submit(scene),
  last: 'connect',
  help: 'the next field; on the last one: connect',
};

const backToMenu: Key = {
  keys: ['escape'],
  label: 'back',
  help: 'back to the hosts you know; nothing you typed is lost',
  disabled: ({ shared }) => (shared.profiles.length > 0 ? null : 'This is the first screen. Ctrl-C leaves.'),
  run: (scene) => stay(change(scene, { phase: 'menu' })),
};

const formOnly: readonly Key[] = [...formKeys(loginForm), backToMenu];
const formWithHelp: readonly Key[] = [...formOnly, helpKey()];

/** A question mark is a letter of a password. */
export const loginKeys = ({ own }: ConnectScene): readonly Key[] =>
  own.form.focus === 'password' ? formOnly : formWithHelp;

export const connectingKeys: readonly Key[] = [
  {
    keys: ['escape'],
    label: 'cancel',
    help: 'back to the form',
    run: (scene) => stay(change(scene, { phase: 'form' }), { app: 'cancel' }),
  },
  helpKey(),
];

/** Enter does nothing here: whoever presses it through the steps must not agree by it. */
export const untrustedKeys: readonly Key[] = [
  { keys: ['y'], label: 'yes, trust it', help: 'trust this host by this certificate from now on', run: agree },
  { keys: ['escape', 'n'], label: 'no', help: 'back to the form; nothing was sent', run: decline },
  helpKey(),
  quitKey(),
];

export const connectedKeys: readonly Key[] = [
  {
    keys: ['enter'],
    label: 'go on',
    help: 'go on to the template',
    run: (scene) => stay(go(scene, templatePlace)),
  },
  {
    keys: ['escape'],
    label: 'back',
    help: 'one step back; nothing you typed is lost',
    run: (scene) => stay(change(scene, { phase: 'form', form: focusOn(loginFields, scene.own.form, 0) })),
  },
  helpKey(),
  quitKey(),
];
