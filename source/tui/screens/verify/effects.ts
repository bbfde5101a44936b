import { findVm } from '../../../hosts/vm.ts';
import { checkVm } from '../../../operations/check.ts';
import type { CheckOptions } from '../../../repository/check.ts';
import { survey } from '../../../repository/survey.ts';
import type { Work } from '../../app/world.ts';
import { stage } from './stage-effects.ts';
import type { VerifyCommand, VerifyEvent } from './state.ts';

export async function performVerify(command: VerifyCommand, work: Work<VerifyEvent>): Promise<void> {
  switch (command.do) {
    case 'verify':
      return verify(command.template, work);
    case 'stage':
      return stage(command, work);
  }
}

/** At most ten progress events a second: the screen shows no more. */
const progressEvery = 100;

async function verify(uuid: string, { world, signal, dispatch }: Work<VerifyEvent>): Promise<void> {
  const host = world.host();
  const template = await findVm(host.session, uuid, 'template');
  let last = Number.NEGATIVE_INFINITY;
  const onProgress: CheckOptions['onProgress'] = (file, { bytes, total }) => {
    const passed = performance.now();
    if (passed - last < progressEvery && bytes !== total) return;
    last = passed;
    dispatch({ type: 'download', file, bytes, total, now: world.now() });
  };
  const look = (what: CheckOptions) => survey(what, new Date(world.now()));
  const result = await checkVm(template, host, { signal, onProgress, look, transport: world.transport });
  dispatch({ type: 'verified', result });
}
