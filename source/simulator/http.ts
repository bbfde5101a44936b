import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from 'node:http';
import { dispatch, type Reply } from './dispatch.ts';
import { type JsonCall, jsonReply, readJsonCall, speaksJson } from './json-rpc.ts';
import type { Member } from './pool.ts';
import type { Profile } from './releases/profile.ts';
import type { World } from './world.ts';
import { escapeXml } from './xml.ts';

/** xapi_globs.ml:http_limit_max_rpc_size */
const mostBytes = 300 * 1024;

/** xapi's HTTP on port 80 of one host: any POST that nothing else claims is XML-RPC, /jsonrpc from 6.5 on JSON-RPC, the rest is as http_svr.ml answers. */
export const apiServer = (world: World, latency: number, at: Member | null = null): Server =>
  patient(createServer({ keepAliveTimeout }, answers(world, latency, at)));

export const keepAliveTimeout = 5 * 60_000;

export const answers =
  (world: World, latency: number, at: Member | null = null): RequestListener =>
  (request, response) => {
    answer({ world, latency, at }, request, response).catch(() => request.socket.destroy());
  };

/** A blocked event.next must not be cut by the server's own patience. */
export function patient<S extends Server>(server: S): S {
  server.requestTimeout = 0;
  server.timeout = 0;
  return server;
}

interface Served {
  readonly world: World;
  readonly latency: number;
  readonly at: Member | null;
}

async function answer({ world, latency, at }: Served, request: IncomingMessage, response: ServerResponse) {
  if (request.method !== 'POST') return answerOther(world, request);
  const length = request.headers['content-length'];
  if (length === undefined) {
    return internalError(request, 'Failure("We require a content-length: HTTP header")');
  }
  if (Number(length) > mostBytes) return internalError(request, 'Http_svr.Client_requested_size_over_limit');
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const gone = new AbortController();
  const closed = () => gone.abort();
  request.socket.on('close', closed);
  if (latency > 0) await new Promise((resolve) => setTimeout(resolve, latency));
  const text = Buffer.concat(chunks).toString('utf8');
  const json = speaksJson(world.profile, request.url ?? '/') ? readJsonCall(text, world.profile) : null;
  const reply = await dispatch(world, json?.xml ?? text, gone.signal, at);
  request.socket.off('close', closed);
  if ('ends' in reply) {
    request.socket.destroy();
    return;
  }
  if ('broken' in reply) return internalError(request, reply.broken);
  const { type, body, comes } = written({ ...reply, xml: onWire(world.profile, reply.xml) }, json);
  const keep = request.headers.connection?.toLowerCase();
  const close = request.httpVersion === '1.0' ? keep !== 'keep-alive' : keep === 'close';
  response.sendDate = false;
  response.writeHead(200, 'OK', {
    Connection: close ? 'close' : 'keep-alive',
    'Content-Length': body.length,
    'Cache-Control': 'no-cache, no-store',
    'Content-Type': type,
  });
  if (comes === body.length) response.end(body);
  else response.write(body.subarray(0, comes), () => request.socket.destroy());
}

/** Up to 6.2 xml-light2 prints replies, later rpc-light: with a declaration, and an empty element by two tags. */
function onWire({ has }: Profile, xml: string): string {
  return has('creedence') ? `<?xml version="1.0"?>${xml.replace(/<([\w.]+)\/>/g, '<$1></$1>')}` : xml;
}

/** The answer as it is promised, and how many bytes of it come before the connection ends. */
export function written(
  { xml, spoilt }: Extract<Reply, { xml: string }>,
  json: JsonCall | null = null,
): {
  readonly type: string;
  readonly body: Buffer;
  readonly comes: number;
} {
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

/** One bit in 32 bytes, which no parser overlooks, the same of the same answer. */
function corrupt(body: Buffer): void {
  for (let at = body.length % 32; at < body.length; at += 32)
    body.writeUInt8(body.readUInt8(at) ^ (1 << (at % 7)), at);
}

/** No Content-Length, version 1.0, and the connection ends: so http_svr.ml writes an internal error. */
function internalError(request: IncomingMessage, why: string): void {
  const body = `<html><body><h1>Internal Server Error</h1>${escapeXml(why)}</body></html>`;
  request.socket.end(`HTTP/1.0 500 Internal Error\r\n${lastReply}\r\n${body}`);
}

const lastReply = 'Connection: close\r\nCache-Control: no-cache, no-store\r\n';

function answerOther(world: World, request: IncomingMessage): void {
  const { method, url = '/', socket } = request;
  // Handlers are chosen by the longest beginning of the path: /export_raw_vdi, which came with 6.2, ends in VM export.
  if (method === 'GET' && url.startsWith('/export')) {
    internalError(request, 'Not_found');
  } else if (method === 'GET' && !('encrypted' in socket) && world.profile.has('21.2.0')) {
    // 19ecafab18: its pages are for TLS alone.
    forbidden(socket);
  } else if (method === 'GET') {
    // Every other GET is a file below /opt/xensource/www (fileserver.ml), which has none in this world.
    const page = `${notFound(url)}\r\n`;
    socket.end(`HTTP/1.1 404 Not Found\r\n${lastReply}Content-Length: ${page.length}\r\n\r\n${page}`);
  } else {
    forbidden(socket);
  }
}

function forbidden(socket: IncomingMessage['socket']): void {
  const page = '<html><body><h1>403: Forbidden</h1></body></html>\r\n';
  socket.end(`HTTP/1.1 403 Forbidden\r\n${lastReply}Content-Type: text/html\r\n\r\n${page}`);
}

const notFound = (url: string): string =>
  `<!DOCTYPE HTML PUBLIC "-//IETF//DTD HTML 2.0//EN"> <html><head> <title>404 Not Found</title> </head><body> <h1>Not Found</h1> <p>The requested URL ${escapeXml(url)} was not found on this server.</p> <hr><address>Xapi Server</address></body></html>`;
