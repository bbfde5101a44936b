import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from 'node:http';
import { answerTo } from './answer.ts';
import type { Member } from './pool.ts';
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
  const reply = await answerTo(world, { path: request.url ?? '/', text }, gone.signal, at);
  request.socket.off('close', closed);
  if ('ends' in reply) {
    request.socket.destroy();
    return;
  }
  if ('broken' in reply) return internalError(request, reply.broken);
  const { type, body, comes } = reply;
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
