import { spawnSync } from 'node:child_process';
import { createReadStream, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as z from 'zod/mini';
import { bootRecord } from '../source/simulator/boot-record.ts';
import { startSimulator } from '../source/simulator/simulator.ts';
import { ResponseReader } from '../source/xapi/decode.ts';
import { jsonRpc } from '../source/xapi/json-rpc.ts';
import { vmTable } from '../source/xapi/records.ts';
import { wantedOfReply } from '../source/xapi/wanted.ts';
import { allInTurn, type BenchmarkRow, row } from './measure.ts';

const many = 5000;
const runs = 3;
/** Characters, as they come from a socket. */
const chunk = 64 * 1024;

/** Milliseconds for reading the reply of that file, in the chunks that http.client gives. */
const python = `
import sys, time, xmlrpc.client
data = open(sys.argv[1], 'rb').read()
began = time.perf_counter()
parser, unmarshaller = xmlrpc.client.getparser()
for at in range(0, len(data), 1024): parser.feed(data[at:at + 1024])
parser.close()
assert len(unmarshaller.close()[0]['Value']) > 5000
print((time.perf_counter() - began) * 1000)
`;

/** The records of 5,000 VMs, each with that of its last boot, as a host up to 7.2 sends them: some kilobytes full of entities. */
async function replyOf(path: string): Promise<void> {
  const simulator = await startSimulator({ vms: many, monitorPort: 1, loginDelay: 0 });
  const { database } = simulator.world;
  for (const [ref, vm] of database.all('VM'))
    if (vm['is_a_template'] !== true)
      database.set('VM', ref, 'last_booted_record', bootRecord(simulator.world.profile.model, vm));
  const call = async (method: string, ...params: string[]): Promise<string> => {
    const values = params.map((param) => `<param><value>${param}</value></param>`).join('');
    const body = `<methodCall><methodName>${method}</methodName><params>${values}</params></methodCall>`;
    return (await fetch(simulator.host, { method: 'POST', body })).text();
  };
  const session = /OpaqueRef:[^<]*/.exec(await call('session.login_with_password', 'root', simulator.password))?.[0];
  writeFileSync(path, await call('VM.get_all_records', session ?? ''));
  await simulator.stop();
}

/** Of the xmlrpc package, what reads a reply; of xen-api likewise. Neither has types. */
const require = createRequire(import.meta.url);
type Deserializer = new () => {
  deserializeMethodResponse: (stream: NodeJS.ReadableStream, done: (error: unknown, value: unknown) => void) => void;
};
const Deserializer: Deserializer = require('xmlrpc/lib/deserializer.js');
const theirs = createRequire(require.resolve('xen-api'));
const { parseXml }: { parseXml: (text: string, how: object) => unknown } = theirs('@vates/xml/parse');
const { xmlRpcParser }: { xmlRpcParser: { parse: (xml: unknown) => { params: unknown[] } } } =
  theirs('@vates/xml-rpc/parser');

const timed = async (work: () => unknown): Promise<number> => {
  const began = performance.now();
  const reply = await work();
  const { Value: value } = z.object({ Value: z.record(z.string(), z.unknown()) }).parse(reply);
  if (Object.keys(value).length <= many) throw new Error('VMs are missing');
  return performance.now() - began;
};

/** The reply of 5,000 VMs in memory (the package's: in a file), to what a caller gets of it. */
export async function decoding(): Promise<BenchmarkRow[]> {
  const folder = mkdtempSync(join(tmpdir(), 'xenfai-bench-'));
  const path = join(folder, 'reply.xml');
  try {
    await replyOf(path);
    const text = readFileSync(path, 'utf8');
    const chunks = Array.from({ length: Math.ceil(text.length / chunk) }, (_, i) =>
      text.slice(i * chunk, (i + 1) * chunk),
    );
    const wanted = wantedOfReply(vmTable);
    const inJson = chunksOf(JSON.stringify({ result: decode(chunks), error: null }));
    const nan = Number.NaN;
    const [ours = nan, json = nan, whole = nan, packages = nan, snake = nan, xo = nan] = await allInTurn(runs, [
      () => timed(() => decode(chunks, wanted)),
      () => timed(() => readJson(inJson)),
      () => timed(() => decode(chunks)),
      () => timed(() => deserialize(path)),
      async () => Number(spawnSync('/usr/bin/python3', ['-c', python, path], { encoding: 'utf8' }).stdout),
      () => timed(() => xmlRpcParser.parse(parseXml(text, { normalize: false, trim: false })).params[0]),
    ]);
    const what = `reply of 5,000 VMs, ${Math.round(text.length / 1e6)} MB with boot records`;
    return [
      row(what, ours, packages, 'ms', 'the xmlrpc package', { times: 0.1 }),
      row('the same', ours, snake, 'ms', "Python's xmlrpc.client", { times: 0.7 }),
      row('the same', ours, xo, 'ms', 'what xen-api reads XML-RPC with'),
      row('the same as JSON-RPC', json, ours, 'ms', 'ours, as XML-RPC', { times: 0.5 }),
      row('the same, all fields of it', whole, snake, 'ms', "Python's xmlrpc.client", { times: 0.7 }),
    ];
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function decode(chunks: readonly string[], wanted?: ReturnType<typeof wantedOfReply>): unknown {
  const reader = new ResponseReader(wanted);
  for (const one of chunks) reader.write(one);
  const response = reader.end();
  return 'value' in response ? response.value : null;
}

const chunksOf = (text: string): string[] =>
  Array.from({ length: Math.ceil(text.length / chunk) }, (_, i) => text.slice(i * chunk, (i + 1) * chunk));

function readJson(chunks: readonly string[]): unknown {
  const reader = jsonRpc.reader(vmTable);
  for (const one of chunks) reader.write(one);
  const answer = reader.end();
  return 'value' in answer ? answer.value : null;
}

const deserialize = (path: string): Promise<unknown> =>
  new Promise((resolve, reject) => {
    new Deserializer().deserializeMethodResponse(createReadStream(path), (error, value) =>
      error === null ? resolve(value) : reject(error),
    );
  });
