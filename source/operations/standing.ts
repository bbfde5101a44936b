import { type Mark, type MarkName, readMark } from '../boot/marks.ts';
import type { BootRules } from '../boot/releases.ts';
import { conditionText, reasonsOf, stateOf, type Vm } from '../hosts/vm.ts';
import { shortTime } from '../text/time.ts';
import type { Standing } from './plan.ts';

/** How a VM stands, and what is on record of its last install: what somebody looks at before it is installed anew. */
export function standingOf(vm: Vm, rules: BootRules): Standing {
  const { missing } = stateOf(vm, rules);
  return {
    condition: conditionText(vm, rules),
    history: historyOf(vm, rules),
    reasons: reasonsOf(vm, missing, rules.loader),
  };
}

/** FAI's word on the VM first; then that it was armed; then what the host itself has recorded of its boots. */
function historyOf(vm: Vm, rules: BootRules): string {
  const { record } = vm;
  const mark = (name: MarkName): Mark | null => readMark(record.other_config, name, record.uuid);
  const [installed, failed, armed] = [mark('installed'), mark('failed'), mark('armed')];
  if (installed !== null) return `installed ${whenAndWho(installed)}`;
  if (failed !== null) return `its last install failed ${whenAndWho(failed)}`;
  const { state } = stateOf(vm, rules);
  const cameUp = state === 'installed' || state === 'disarmed';
  const end = cameUp ? 'it has booted from its disk since' : 'nothing of an install since';
  if (armed !== null) return `armed ${whenAndWho(armed)}; ${end}`;
  return cameUp ? 'installed, by the host’s record of its last boot' : 'nothing of an install';
}

const whenAndWho = ({ at, by }: Mark): string => `${shortTime(at)}${by === '' ? '' : ` (${by})`}`;
