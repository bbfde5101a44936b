import { expect, test } from 'vitest';
import { hostRelease } from '../../source/boot/releases.ts';
import { capabilities } from '../../source/hosts/capabilities.ts';
import { topmost } from '../../source/tui/app/layers.ts';
import { unicode } from '../../source/tui/kit/theme.ts';
import type { AppState } from '../../source/tui/screens/index.ts';
import { found, play, say, stack, start, vm } from './play.ts';

const isDefault = { is_a_template: true, other_config: { default_template: 'true' } };

/** Of another system, for the same loader. */
const centos = vm('CentOS 6 (64-bit)', {
  ...isDefault,
  PV_args: 'graphical utf8',
  other_config: { default_template: 'true', 'install-distro': 'rhlike', rhel6: 'true' },
});
const media = vm('Other install media', {
  ...isDefault,
  PV_bootloader: '',
  PV_args: '',
  HVM_boot_policy: 'BIOS order',
  domain_type: 'hvm',
  platform: { viridian: 'true' },
});
const windows = vm('Windows 10', { ...isDefault, PV_bootloader: '', HVM_boot_policy: 'BIOS order' });
const squeeze = vm('Debian Squeeze', {
  ...isDefault,
  other_config: {
    default_template: 'true',
    'install-distro': 'debianlike',
    'debian-release': 'squeeze',
    'install-arch': 'amd64',
  },
});

/** At the templates of a host of this release. */
function at(product: string, ...templates: ReturnType<typeof vm>[]): AppState {
  const host = { ...found, version: product, able: capabilities(hostRelease(product)) };
  return play(
    start(),
    say.connect({ type: 'connected', found: host, profiles: [], name: 'x' }),
    say.template({ type: 'templates', vms: templates }),
    'enter',
  ).state;
}

function shown(state: AppState): string {
  const view = topmost(stack(state), 'view')?.(state, { width: 78, height: 20, glyphs: unicode });
  return (view?.rows ?? []).map((row) => row.map(({ text }) => text).join('')).join('\n');
}

const typed = (text: string): string[] => [...text];

test('where no template is for FAI, those that one can be made of stand in front, and the copy says what will differ', () => {
  const state = at('8.2.1', windows, media, centos);
  expect(shown(state)).toContain('CentOS 6 (64-bit)');
  expect(shown(state)).toContain('Enter makes one of a copy');
  expect(shown(state)).toMatch(/1 other that FAI cannot boot/);
  const copy = play(state, 'enter').state;
  expect(copy.template.copy?.form.values).toMatchObject({ release: '', arch: 'amd64' });
  const wished = play(copy, ...typed('wheezy'));
  const text = shown(wished.state).replace(/\s+/g, ' ');
  expect(text).toContain('debian-release wheezy');
  expect(text).toContain('install-distro rhlike -> debianlike');
  expect(text).toContain('rhel6 true taken out');
  expect(text).toContain('PV-args graphical utf8 -> -- quiet console=hvc0');
  expect(play(wished.state, 'pagedown', 'enter').commands).toEqual([
    expect.objectContaining({ do: 'copy-template', source: centos.record.uuid, release: 'wheezy', arch: 'amd64' }),
  ]);
});

test('"Other install media" becomes PV', () => {
  const copy = play(at('8.1.0', windows, media), 'enter', ...typed('lenny'));
  const text = shown(copy.state).replace(/\s+/g, ' ');
  expect(text).toContain('domain-type hvm -> pv');
  expect(text).toContain('PV-bootloader eliloader');
  expect(text).toContain('platform:viridian true taken out');
  // All of it stands on a small screen.
  expect(shown(copy.state).split('\n').length).toBeLessThanOrEqual(20);
});

test('where Lenny is absent another Debian is asked for by the release that is wanted', () => {
  const copy = play(at('6.1.0', squeeze, centos), 'enter').state;
  expect(copy.template.copy?.form.values).toMatchObject({ release: 'squeeze', arch: 'amd64', name: 'FAI squeeze' });
  const wished = play(copy, 'ctrl-u', ...typed('lenny')).state;
  expect(wished.template.copy?.form.values.name).toBe('FAI lenny');
  expect(shown(wished)).toContain('debian-release squeeze -> lenny');
  // CentOS is left among the others: a Debian is nearer.
  expect(shown(at('6.1.0', squeeze, centos))).not.toContain('CentOS');
});

test('a 5.6, which has Lenny, is asked for nothing more', () => {
  const lenny = vm('Debian Lenny', {
    ...isDefault,
    other_config: { ...squeeze.record.other_config, 'debian-release': 'lenny' },
  });
  const copy = play(at('5.6.0', lenny, centos), 'enter').state;
  expect(copy.template.copy?.asksDebian).toBe(false);
  expect(play(copy, 'pagedown', 'enter').commands[0]).not.toHaveProperty('release');
});

test('without eliloader no template serves, and what remains is said', () => {
  const state = at('8.3.0', windows, media, centos);
  expect(shown(state)).toMatch(/no eliloader[\s\S]*PXE[\s\S]*8\.2 or older/);
  const { commands, state: after } = play(state, 'enter');
  expect(commands).toEqual([]);
  expect(after.shared.flash?.text).toContain('no eliloader');
});
