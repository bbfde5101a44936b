import type * as z from 'zod/mini';
import type { ZodMiniType } from 'zod/mini';
import { ConnectionFailure } from '../transport/failure.ts';
import type { HttpConnections } from '../transport/transport.ts';
import { isRead } from './access.ts';
import { type ExchangeOptions, exchange } from './exchange.ts';
import type { Param } from './value.ts';

/**
 * Exchanges in the way that is faster where the host has it: getters by JSON-RPC, of which 5,000 VMs are read in a
 * fraction of the time. All else keeps to XML-RPC, and so does everything once an answer was none: a getter may be
 * asked for twice, a write must not.
 */
export class Asking {
  private json = false;

  /** The host is known to have JSON-RPC. */
  readInJson(): void {
    this.json = true;
  }

  async ask<S extends ZodMiniType>(
    connections: HttpConnections,
    method: string,
    params: readonly Param[],
    result: S,
    options: ExchangeOptions,
  ): Promise<z.output<S>> {
    if (!this.json || !isGetter(method)) return exchange(connections, method, params, result, options);
    try {
      return await exchange(connections, method, params, result, { ...options, wire: 'json-rpc' });
    } catch (error) {
      if (!(error instanceof ConnectionFailure) || error.kind !== 'not-understood') throw error;
      this.json = false;
      return exchange(connections, method, params, result, options);
    }
  }
}

const isGetter = (method: string): boolean => isRead(method) && method.includes('.get_');
