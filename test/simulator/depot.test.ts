import { once } from 'node:events';
import { request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { depotRoot, depotServer } from '../../source/simulator/depot/server.ts';

const server = depotServer();
beforeAll(async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterAll(() => void server.close());

test.each([
  [`${depotRoot}/dists/lenny/Release`, 200],
  [`${depotRoot}//dists/lenny/Release`, 200],
  [`${depotRoot}/dists/etch/../lenny/Release`, 200],
  [`http://elsewhere${depotRoot}/dists/lenny/Release`, 200],
  [`${depotRoot}/nothing`, 404],
  ['//', 404],
  ['/%', 404],
  ['*', 404],
])('%s: %i', async (path, status) => {
  const { port } = server.address() as AddressInfo;
  const [response] = await once(request({ host: '127.0.0.1', port, path, agent: false }).end(), 'response');
  response.resume();
  expect(response.statusCode).toBe(status);
});
