import * as z from 'zod/mini';
import { limits } from '../limits/limits.ts';
import type { Answer, AnswerReader, Wire } from './wire.ts';

/** Up to 7.2 an error is an array, as version 1 of JSON-RPC has it, whatever was asked. */
const reply = z.object({
  result: z.optional(z.unknown()),
  error: z.nullish(
    z.union([z.array(z.unknown()), z.object({ message: z.string(), data: z._default(z.array(z.unknown()), []) })]),
  ),
});

/** POST /jsonrpc, from 6.5 on. Values are those of XML-RPC: integers are text here, too. */
export const jsonRpc: Wire = {
  path: '/jsonrpc',
  type: 'application/json',
  encode: (method, params) => Buffer.from(JSON.stringify({ jsonrpc: '2.0', method, params, id: 0 }), 'utf8'),
  reader(): AnswerReader {
    let text = '';
    return {
      write(chunk) {
        text += chunk;
      },
      end: () => answerOf(text),
    };
  },
};

function answerOf(text: string): Answer {
  refuseHuge(text);
  const parsed = reply.safeParse(json(text));
  if (!parsed.success) throw new Error('the reply is none of JSON-RPC');
  const { result, error } = parsed.data;
  if (Array.isArray(error)) return { error };
  if (error) return { error: [error.message, ...error.data] };
  if (result === undefined) throw new Error('there is no result in the reply');
  return { value: result };
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Error('the reply is no JSON', { cause: error });
  }
}

const [quote, backslash, comma, opening, closing] = [0x22, 0x5c, 0x2c, [0x5b, 0x7b], [0x5d, 0x7d]];

/** JSON.parse keeps something for each value, and for each array and object that is open, and knows no end of them. */
function refuseHuge(text: string): void {
  let [depth, values] = [0, 0];
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === quote) at = endOfString(text, at);
    else if (code === comma) values += 1;
    else if (opening.includes(code)) [depth, values] = [depth + 1, values + 1];
    else if (closing.includes(code)) depth -= 1;
    if (depth > limits.reply.depth) throw new Error('the reply is nested too deeply');
    if (values > limits.reply.values) throw new Error('there are too many values in the reply');
  }
}

/** The place of the quote that ends the string which begins at `from`. */
function endOfString(text: string, from: number): number {
  for (let at = from; ; ) {
    at = text.indexOf('"', at + 1);
    if (at < 0) return text.length;
    let slashes = 0;
    while (text.charCodeAt(at - 1 - slashes) === backslash) slashes += 1;
    if (slashes % 2 === 0) return at;
  }
}
