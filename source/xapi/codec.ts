import serializer from 'xmlrpc/lib/serializer.js';
import type { Param } from './value.ts';

// Both directions of a call in one piece, because both are first needed with the first call.

export { ResponseReader } from './decode.ts';
export { wantedOfReply } from './wanted.ts';

/** The body of a call's request. */
export const encodeCall = (method: string, params: readonly Param[]): Buffer =>
  Buffer.from(serializer.serializeMethodCall(method, params), 'utf8');
