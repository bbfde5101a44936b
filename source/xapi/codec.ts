import { jsonRpc } from './json-rpc.ts';
import type { Wire } from './wire.ts';
import { xmlRpc } from './xml-rpc.ts';

// Both directions of a call in one piece, because both are first needed with the first call.

export type WireName = 'xml-rpc' | 'json-rpc';

export const wires: Readonly<Record<WireName, Wire>> = { 'xml-rpc': xmlRpc, 'json-rpc': jsonRpc };
