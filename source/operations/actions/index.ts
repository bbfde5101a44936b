import type { Action, ActionName } from '../plan.ts';
import type { ActionKind } from './action.ts';
import { addCdKind } from './add-cd.ts';
import { addVifKind } from './add-vif.ts';
import { claimKind } from './claim.ts';
import { cloneKind } from './clone.ts';
import { giveNameKind } from './give-name.ts';
import { markKind } from './mark.ts';
import { provisionKind } from './provision.ts';
import { readBackKind } from './read-back.ts';
import { setFieldKind } from './set-field.ts';
import { setKeyKind } from './set-key.ts';
import { setMemoryKind } from './set-memory.ts';
import { setVcpusKind } from './set-vcpus.ts';
import { shutdownKind } from './shutdown.ts';
import { snapshotKind } from './snapshot.ts';
import { startKind } from './start.ts';

const kinds: { readonly [K in ActionName]: ActionKind<K> } = {
  claim: claimKind,
  clone: cloneKind,
  'set-field': setFieldKind,
  'set-key': setKeyKind,
  'set-memory': setMemoryKind,
  'set-vcpus': setVcpusKind,
  provision: provisionKind,
  'add-vif': addVifKind,
  'add-cd': addCdKind,
  mark: markKind,
  snapshot: snapshotKind,
  'read-back': readBackKind,
  shutdown: shutdownKind,
  start: startKind,
  'give-name': giveNameKind,
};

/** Everything there is about an action, from the file of its name. */
export const kindOf = <K extends ActionName>(action: Action<K>): ActionKind<K> => kinds[action.do];
