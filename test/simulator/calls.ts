import * as z from 'zod';
import type { Host } from '../../source/hosts/host.ts';
import { HostFailure } from '../../source/xapi/errors.ts';
import type { Param } from '../../source/xapi/value.ts';
import { lennyTemplate } from '../harness.ts';

/** Any call on the host that is open when it is made, with a reply of any kind. */
export const caller =
  (host: () => Host) =>
  // biome-ignore lint/suspicious/noExplicitAny: replies of every kind are looked into
  (method: string, ...params: Param[]): Promise<any> =>
    host().session.call(method, params, z.any());

type Call = ReturnType<typeof caller>;

/** Code and parameters of a call that fails. */
export const failure = (promise: Promise<unknown>) =>
  promise.then(
    () => 'no failure',
    (error: unknown) => (error instanceof HostFailure ? [error.code, ...error.params] : String(error)),
  );

export const lenny = async (call: Call): Promise<string> => (await call('VM.get_by_name_label', lennyTemplate))[0];

export const cloneLenny = async (call: Call, name: string): Promise<string> =>
  call('VM.clone', await lenny(call), name);
