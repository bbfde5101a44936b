import type { ZodMiniType } from 'zod/mini';
import * as z from 'zod/mini';
import type { Simulator } from '../../source/simulator/simulator.ts';
import { network } from '../../source/transport/network.ts';
import { HostFailure } from '../../source/xapi/errors.ts';
import { exchange } from '../../source/xapi/exchange.ts';
import type { Param } from '../../source/xapi/value.ts';
import { lennyTemplate } from '../harness.ts';

/** A login without any policy: what the host answers is what the test sees. */
export interface BareHost {
  readonly session: {
    call<S extends ZodMiniType>(
      method: string,
      params: readonly Param[],
      result: S,
      options?: { readonly signal?: AbortSignal; readonly timeout?: number | null },
    ): Promise<z.output<S>>;
  };
  close(): Promise<void>;
}

export async function open(sim: Pick<Simulator, 'host' | 'username' | 'password'>): Promise<BareHost> {
  const connections = network.http(new URL(sim.host), { keep: true });
  // Tens of megabytes on a busy machine: the test's own limit is the one that counts.
  const usual = { timeout: 80_000 };
  const credentials = [sim.username, sim.password];
  const handle = await exchange(connections, 'session.login_with_password', credentials, z.string(), usual);
  return {
    session: {
      call: (method, params, result, options) =>
        exchange(connections, method, [handle, ...params], result, { ...usual, ...options }),
    },
    async close() {
      await exchange(connections, 'session.logout', [handle], z.unknown(), usual).catch(() => {});
      connections.close();
    },
  };
}

/** Any call on the host that is open when it is made, with a reply of any kind. */
export const caller =
  (host: () => BareHost) =>
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

/** The uuid of the pool's default storage, for the `disks` of a template. */
export async function storageUuid(call: Call): Promise<string> {
  const [pool] = Object.values(await call('pool.get_all_records')) as { default_SR: string }[];
  return call('SR.get_uuid', pool?.default_SR ?? '');
}

/** A VM made of Lenny, with its disk. */
export async function provisioned(call: Call, name: string): Promise<string> {
  const vm = await cloneLenny(call, name);
  const disks: string = (await call('VM.get_other_config', vm)).disks;
  await call('VM.remove_from_other_config', vm, 'disks');
  await call('VM.add_to_other_config', vm, 'disks', disks.replace('sr=""', `sr="${await storageUuid(call)}"`));
  await call('VM.provision', vm);
  return vm;
}
