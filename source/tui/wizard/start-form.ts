import { type FaiForm, freshForm } from '../../fai/form.ts';
import type { AppState } from '../state.ts';

/** A new kernel line: FAI 3, as the page; messages come to this machine, where the host can see it. */
export function startForm(state: AppState): FaiForm {
  return {
    ...freshForm('live-boot'),
    nfsroot: state.suggestions.nfsroot ?? '',
    monitor: state.connect.found?.localAddress ?? '',
  };
}
