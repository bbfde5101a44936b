import { dispatch, type Reply } from './dispatch.ts';
import { type JsonCall, jsonReply, readJsonCall, speaksJson } from './json-rpc.ts';
import type { Member } from './pool.ts';
import type { Profile } from './releases/profile.ts';
import type { World } from './world.ts';

/** An answer as it is promised, and how many bytes of it come before the connection ends. */
interface Written {
  readonly type: string;
  readonly body: Buffer;
  readonly comes: number;
}

/** What a call gets on the wire, in the words and the form of the release. */
export async function answerTo(
  world: World,
  { path, text }: { readonly path: string; readonly text: string },
  signal: AbortSignal,
  at: Member | null = null,
): Promise<Written | Exclude<Reply, { readonly xml: string }>> {
  const json = speaksJson(world.profile, path) ? readJsonCall(text, world.profile) : null;
  const reply = await dispatch(world, json?.xml ?? text, signal, at);
  return 'xml' in reply ? written({ ...reply, xml: onWire(world.profile, reply.xml) }, json) : reply;
}

/** Up to 6.2 xml-light2 prints replies, later rpc-light: with a declaration, and an empty element by two tags. */
function onWire({ has }: Profile, xml: string): string {
  return has('creedence') ? `<?xml version="1.0"?>${xml.replace(/<([\w.]+)\/>/g, '<$1></$1>')}` : xml;
}

function written({ xml, spoilt }: Extract<Reply, { xml: string }>, json: JsonCall | null): Written {
  if (spoilt === 'html') {
    const page = Buffer.from('<html><body><h1>The page cannot be displayed</h1></body></html>\r\n');
    return { type: 'text/html', body: page, comes: page.length };
  }
  const body = Buffer.from(json === null ? xml : jsonReply(xml, json), 'utf8');
  if (spoilt === 'corrupt') corrupt(body);
  return {
    type: json === null ? 'text/xml' : 'application/json',
    body,
    comes: spoilt === 'truncate' ? Math.floor(body.length / 2) : body.length,
  };
}

/** One bit in 16 bytes, which no parser overlooks, the same of the same answer. */
function corrupt(body: Buffer): void {
  for (let at = body.length % 16; at < body.length; at += 16)
    body.writeUInt8(body.readUInt8(at) ^ (1 << (at % 7)), at);
}
