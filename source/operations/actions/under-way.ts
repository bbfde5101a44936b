import * as z from 'zod/mini';
import { pause } from '../../xapi/pause.ts';
import { ref, taskRecord } from '../../xapi/records.ts';
import type { Bench } from './action.ts';

const looks = 40;
const lookEvery = 250;
const tasks = z.record(ref, taskRecord);

/**
 * Whether a call that makes an object, whose answer was lost, has made it: `find` looks for the object. As long as the
 * host has a task of that call under way, it may still come. Null: it was still under way when we stopped looking.
 */
export async function cameOut(call: string, find: () => Promise<boolean>, { session, context }: Bench) {
  for (let look = 0; look < looks; look += 1) {
    const all = Object.values(await session.call('task.get_all_records', [], tasks));
    const underWay = all.some(({ name_label, status }) => name_label.endsWith(call) && status === 'pending');
    if (!underWay) return find();
    await pause(lookEvery, context.signal);
  }
  return null;
}
