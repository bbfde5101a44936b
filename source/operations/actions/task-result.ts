import { type Ref, ref } from '../../xapi/records.ts';

/** A task's result is XML text around the reference. */
export const refIn = (result: string): Ref => ref.parse(/<value>([^<]+)<\/value>/.exec(result)?.[1] ?? result);
