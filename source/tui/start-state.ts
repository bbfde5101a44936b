import type { FaiForm } from '../fai/form.ts';
import type { Profile } from '../settings/settings.ts';
import { noInstalls } from '../watch/installs.ts';
import { emptyList } from './list.ts';
import type { AppState, Suggestions } from './state.ts';
import { textField } from './text-field.ts';

export interface StartOptions {
  readonly suggestions: Suggestions;
  readonly profiles: readonly Profile[];
  readonly form: FaiForm;
  readonly now: number;
  readonly readOnly: boolean;
}

/** The screen before the first key. */
export function startState({ suggestions, profiles, form, now, readOnly }: StartOptions): AppState {
  const first = profiles[0];
  const asked = suggestions.address !== undefined;
  return {
    step: 'connect',
    done: [],
    suggestions,
    help: false,
    filtering: null,
    flash: null,
    now,
    connect: {
      phase: !asked && first !== undefined ? 'menu' : 'form',
      profiles,
      field: 0,
      address: textField(suggestions.address ?? ''),
      user: textField(suggestions.user ?? 'root'),
      password: textField(suggestions.password ?? ''),
      found: null,
      problem: null,
    },
    template: {
      items: [],
      records: new Map(),
      list: emptyList,
      loading: false,
      problem: null,
      copy: null,
      draft: null,
      copying: false,
      params: null,
      chosen: null,
    },
    configure: {
      template: null,
      field: 0,
      plain: { repository: '', release: '', arch: '', proxy: '' },
      form,
      cursor: 0,
      flag: 0,
      saving: false,
      problem: null,
    },
    verify: {
      running: false,
      downloads: {},
      result: null,
      problem: null,
      overridden: false,
      stage: {
        open: false,
        field: 0,
        root: textField(''),
        source: textField(''),
        initrd: textField(''),
        running: false,
        problem: null,
      },
      scroll: 0,
    },
    act: {
      view: 'menu',
      work: 'create',
      field: 0,
      names: textField(''),
      memory: textField('256M'),
      vcpus: textField('1'),
      disk: textField('8G'),
      sr: 0,
      network: 0,
      srs: [],
      networks: [],
      problem: null,
      candidates: [],
      list: emptyList,
      ticked: [],
    },
    job: null,
    fleet: {
      installs: noInstalls,
      selected: null,
      filter: '',
      all: false,
      pane: 'table',
      following: false,
      receiver: null,
    },
    history: [],
    readOnly,
    stopping: false,
  };
}
