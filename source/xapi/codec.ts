import serializer from 'xmlrpc/lib/serializer.js';
import { BadValue } from '../problem/bad-value.ts';
import type { Param } from './value.ts';

// Both directions of a call in one piece, because both are first needed with the first call.

export { ResponseReader } from './decode.ts';
export { wantedOfReply } from './wanted.ts';

/**
 * The body of a call's request. Errors: BadValue for a character that XML has no way to write; it does not say where: the
 * text may be a password.
 */
export function encodeCall(method: string, params: readonly Param[]): Buffer {
  try {
    return Buffer.from(serializer.serializeMethodCall(method, params), 'utf8');
  } catch {
    throw new BadValue(`a control character cannot be sent to a host (${method})`);
  }
}
