import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { dispatch } from './dispatch.ts';
import type { World } from './world.ts';

const mostBytes = 16 * 1024 * 1024;

/** xapi's HTTP on port 80: any POST that nothing else claims is XML-RPC, the rest is as http_svr.ml answers. */
export function apiServer(world: World, latency: number): Server {
  const server = createServer({ keepAliveTimeout: 5 * 60_000 }, (request, response) => {
    answer(world, latency, request, response).catch(() => request.socket.destroy());
  });
  // A blocked event.next must not be cut by the server's own patience.
  server.requestTimeout = 0;
  server.timeout = 0;
  return server;
}

async function answer(world: World, latency: number, request: IncomingMessage, response: ServerResponse) {
  if (request.method !== 'POST') return answerOther(request);
  if (request.headers['content-length'] === undefined) return internalError(request, 'We require a content-length');
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    size += (chunk as Buffer).length;
    if (size > mostBytes) return internalError(request, 'Body too large');
    chunks.push(chunk as Buffer);
  }
  const gone = new AbortController();
  const closed = () => gone.abort();
  request.socket.on('close', closed);
  if (latency > 0) await new Promise((resolve) => setTimeout(resolve, latency));
  const reply = await dispatch(world, Buffer.concat(chunks).toString('utf8'), gone.signal);
  request.socket.off('close', closed);
  if ('ends' in reply) {
    request.socket.destroy();
    return;
  }
  const body = Buffer.from(reply.xml, 'utf8');
  const keep = request.headers.connection?.toLowerCase();
  const close = request.httpVersion === '1.0' ? keep !== 'keep-alive' : keep === 'close';
  response.sendDate = false;
  response.writeHead(200, 'OK', {
    Connection: close ? 'close' : 'keep-alive',
    'Content-Length': body.length,
    'Cache-Control': 'no-cache, no-store',
    'Content-Type': 'text/xml',
  });
  response.end(body);
}

/** No Content-Length, version 1.0, and the connection ends: so http.ml writes an internal error. */
function internalError(request: IncomingMessage, why: string): void {
  const body = `<html><body><h1>Internal Server Error</h1>${why}</body></html>`;
  request.socket.end(`HTTP/1.0 500 Internal Error\r\nConnection: close\r\nContent-Type: text/html\r\n\r\n${body}`);
}

function answerOther(request: IncomingMessage): void {
  const head = (status: string, body: string) =>
    request.socket.end(
      `HTTP/1.1 ${status}\r\nConnection: close\r\nCache-Control: no-cache, no-store\r\nContent-Type: text/html\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
    );
  // Handlers are chosen by the longest beginning of the path: /export_raw_vdi, which came with 6.2, ends in VM export.
  if (request.method === 'GET' && request.url?.startsWith('/export')) {
    internalError(request, 'Not_found');
    return;
  }
  if (request.method === 'GET' && request.url === '/')
    return void head('200 OK', '<html><body>XenServer 5.6.0</body></html>');
  head('403 Forbidden', '<html><body><h1>HTTP 403 forbidden</h1></body></html>');
}
