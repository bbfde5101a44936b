import type { Context } from './keys.ts';
import type { AppState } from './state.ts';

/** Which keys mean what now. */
export function contextOf(state: AppState): Context {
  if (state.filtering !== null) return 'filter';
  if (state.job !== null) return `job-${state.job.phase}`;
  switch (state.step) {
    case 'connect':
      return state.connect.phase === 'menu'
        ? 'connect-menu'
        : state.connect.phase === 'connected'
          ? 'connected'
          : 'connect-form';
    case 'template':
      if (state.template.params !== null) return 'params';
      return state.template.copy === null ? 'template' : 'template-copy';
    case 'configure':
      return 'configure';
    case 'verify':
      return state.verify.stage.open ? 'stage' : 'verify';
    case 'act':
      return state.act.view === 'menu' ? 'act' : state.act.view;
    case 'fleet':
      return 'fleet';
  }
}

/** True while a command is under way that Ctrl-C can stop. */
export const isBusy = (state: AppState): boolean =>
  state.connect.phase === 'connecting' ||
  state.template.loading ||
  state.template.copying ||
  state.configure.saving ||
  state.verify.running ||
  state.verify.stage.running ||
  state.job?.phase === 'running' ||
  state.job?.phase === 'planning';
