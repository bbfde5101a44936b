import { describe, expect, test } from 'vitest';
import { type Simulator, startSimulator } from '../../source/simulator/simulator.ts';

async function on(release: string, run: (sim: Simulator) => Promise<void>): Promise<void> {
  const sim = await startSimulator({ release, vms: 1 });
  try {
    await run(sim);
  } finally {
    await sim.stop();
  }
}

async function post(sim: Simulator, method: string, params: readonly unknown[], more = {}) {
  const body = JSON.stringify({ method, params, id: 7, ...more });
  const reply = await fetch(`${sim.host}/jsonrpc`, { method: 'POST', body });
  const type = reply.headers.get('content-type');
  // biome-ignore lint/suspicious/noExplicitAny: replies of every kind are looked into
  const json: any = type === 'application/json' ? await reply.json() : null;
  return { status: reply.status, json };
}

const v2 = { jsonrpc: '2.0' };
const root = ['root', 'xenroot'];

test.each<[string, string]>([
  ['6.2', '<name>Value</name><value><array><data/></array></value>'],
  ['6.5', '<name>Value</name><value><array><data></data></array></value>'],
])('%s writes its XML so', (release, xml) =>
  on(release, async (sim) => {
    const call = (name: string, ...params: string[]) =>
      fetch(sim.host, {
        method: 'POST',
        body: `<methodCall><methodName>${name}</methodName><params>${params
          .map((one) => `<param><value>${one}</value></param>`)
          .join('')}</params></methodCall>`,
      }).then((reply) => reply.text());
    const [session = ''] = /OpaqueRef:[\w-]+/.exec(await call('session.login_with_password', ...root)) ?? [];
    const empty = await call('VM.get_by_name_label', session, 'nobody');
    expect(empty).toContain(xml);
  }),
);

describe('JSON-RPC at /jsonrpc', () => {
  test.each(['5.6.0', '6.2'])('is not there on %s: it is a body that is no XML', (release) =>
    on(release, async (sim) => {
      expect((await post(sim, 'session.login_with_password', root)).json).toBe(null);
    }),
  );

  /** So a client that tries JSON first knows that it must go on in XML. */
  test.each<[string, number, RegExp]>([
    ['5.6.0', 500, /^<html>/],
    ['6.0', 200, /^<methodResponse>.*<i4>1<.*Failed to parse supplied XML/],
    ['6.2', 200, /^<methodResponse>.*<i4>1<.*Failed to parse supplied XML/],
    ['6.5', 500, /^<html>/],
  ])('what is no XML is told on %s with HTTP %i', (release, status, body) =>
    on(release, async (sim) => {
      const reply = await fetch(sim.host, { method: 'POST', body: '{"method": "host.get_all"}' });
      expect([reply.status, await reply.text()]).toEqual([status, expect.stringMatching(body)]);
    }),
  );

  test.each(['6.5', '7.2'])('answers in version 1 on %s, whatever it was asked in', (release) =>
    on(release, async (sim) => {
      const { json } = await post(sim, 'session.login_with_password', root, v2);
      expect(json).toEqual({ result: expect.stringMatching(/^OpaqueRef:/), error: null, id: 7 });
      const failed = await post(sim, 'VM.get_record', [json.result, 'OpaqueRef:none'], v2);
      expect(failed.json).toEqual({ result: null, error: ['HANDLE_INVALID', 'VM', 'OpaqueRef:none'], id: 7 });
    }),
  );

  test.each(['7.6', '8.3'])('answers as it was asked on %s: records, maps, numbers, floats', (release) =>
    on(release, async (sim) => {
      const { json } = await post(sim, 'session.login_with_password', root, v2);
      expect(json).toEqual({ jsonrpc: '2.0', result: expect.stringMatching(/^OpaqueRef:/), id: 7 });
      const session = json.result;
      const ask = async (method: string, ...params: unknown[]) =>
        (await post(sim, method, [session, ...params], v2)).json.result;
      const [vm] = await ask('VM.get_by_name_label', 'vm1');
      expect(await ask('VM.get_record', vm)).toMatchObject({
        is_a_template: false,
        memory_static_max: String(1024 ** 3 / 4),
        other_config: { 'install-distro': 'debianlike' },
        HVM_shadow_multiplier: 1,
        blocked_operations: {},
        name_description: '',
      });
      expect(await ask('VM.set_PV_args', vm, 'a <b> & "c"')).toBe('');
      expect(await ask('VM.get_PV_args', vm)).toBe('a <b> & "c"');
      const failed = await post(sim, 'VM.start', [session, vm, 'yes', false], v2);
      expect(failed.json).toEqual({
        ...v2,
        error: { code: 1, message: 'INTERNAL_ERROR', data: [`Failure("Expected bool, got 'S(yes)'")`] },
        id: 7,
      });
    }),
  );
});
