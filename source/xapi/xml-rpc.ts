import serializer from 'xmlrpc/lib/serializer.js';
import { BadValue } from '../problem/bad-value.ts';
import { ResponseReader } from './decode.ts';
import type { Param } from './value.ts';
import { wantedOfReply } from './wanted.ts';
import type { Answer, AnswerReader, Wire } from './wire.ts';

/** What every release takes, 5.6 nothing else. */
export const xmlRpc: Wire = {
  path: '/',
  type: 'text/xml',
  encode,
  reader(result): AnswerReader {
    const reader = new ResponseReader(wantedOfReply(result));
    return { write: (chunk) => reader.write(chunk), end: () => answerOf(reader.end()) };
  },
};

/** Errors: BadValue for a character that XML has no way to write; it does not say where: the text may be a password. */
function encode(method: string, params: readonly Param[]): Buffer {
  try {
    return Buffer.from(serializer.serializeMethodCall(method, params), 'utf8');
  } catch {
    throw new BadValue(`a control character cannot be sent to a host (${method})`);
  }
}

function answerOf(response: ReturnType<ResponseReader['end']>): Answer {
  if ('fault' in response) return { error: ['FAULT', JSON.stringify(response.fault)] };
  const { value } = response;
  if (typeof value !== 'object' || Array.isArray(value)) throw new Error('the reply has no Status');
  if (value['Status'] === 'Success') return { value: value['Value'] ?? '' };
  const description = value['ErrorDescription'];
  return { error: Array.isArray(description) ? description : [] };
}
