import { bindings } from './bindings.ts';
import type { AppState } from './state.ts';

/** A key press in one vocabulary: a name such as "up", "ctrl-c", "a", and the text it would type. */
export interface Key {
  readonly name: string;
  readonly text: string;
}

/** Where keys mean the same; found from the state by contextOf. */
export type Context =
  | 'connect-menu'
  | 'connect-form'
  | 'connected'
  | 'template'
  | 'template-copy'
  | 'params'
  | 'configure'
  | 'verify'
  | 'stage'
  | 'act'
  | 'create'
  | 'pick'
  | 'job-planning'
  | 'job-preview'
  | 'job-running'
  | 'job-done'
  | 'fleet'
  | 'filter';

/**
 * One key, declared once: footer, help, README and reducer read this table. `disabled` gives the reason why it does
 * nothing now; `hidden` keys work but are too common for the footer.
 */
export interface Binding {
  readonly action: string;
  readonly keys: readonly string[];
  readonly shown: string;
  readonly label: string;
  readonly help: string;
  readonly hidden?: boolean;
  /** Left out of the footer while it does nothing. */
  readonly onlyWhenPossible?: boolean;
  readonly disabled?: (state: AppState) => string | null;
}

/** What a key does here: an action, the reason why it does nothing, or null when no binding knows it. */
export function lookUp(state: AppState, context: Context, key: Key): { action: string } | { reason: string } | null {
  const binding = bindings[context].find(({ keys }) => keys.includes(key.name));
  if (binding === undefined) return null;
  const reason = binding.disabled?.(state) ?? null;
  return reason === null ? { action: binding.action } : { reason };
}
