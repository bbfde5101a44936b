import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type * as z from 'zod/mini';
import { ResponseReader } from '../../source/xapi/decode.ts';
import * as records from '../../source/xapi/records.ts';
import type { XmlValue } from '../../source/xapi/value.ts';

// What a real xapi 22.31 sent (test/simulator/recorded) is read by the decoder and the records of the client.

const schemas: Readonly<Record<string, z.ZodMiniType>> = {
  VM: records.vmRecord,
  VM_metrics: records.vmMetrics,
  host: records.hostRecord,
  pool: records.poolRecord,
  SR: records.srRecord,
  network: records.networkRecord,
  VBD: records.vbdRecord,
  VDI: records.vdiRecord,
  VIF: records.vifRecord,
  task: records.taskRecord,
};

/** Name, replies of status 200, and how many records of known classes there are in them. */
const recordings = [
  ['wire-and-fields', 117, 3],
  ['provision-devices-memory', 154, 12],
  ['lifecycle-tasks-events', 225, 10],
  ['records-and-classes', 126, 50],
  ['xenfai-commands', 133, 80],
] as const;

function decode(reply: string): XmlValue {
  const reader = new ResponseReader();
  reader.write(reply);
  const response = reader.end();
  if (!('value' in response)) throw new Error('a fault');
  return response.value;
}

const member = (value: XmlValue | undefined, name: string): XmlValue | undefined =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as { [name: string]: XmlValue })[name]
    : undefined;

/** The records in a reply: one, a table of them, or none. */
function recordsOf(method: string, value: XmlValue | undefined): XmlValue[] {
  if (value === undefined) return [];
  if (method === 'get_record') return [value];
  return method.startsWith('get_all_records') && typeof value === 'object' ? Object.values(value ?? {}) : [];
}

describe.each(recordings)('%s', (name, replies, known) => {
  const lines = readFileSync(new URL(`../simulator/recorded/${name}.jsonl`, import.meta.url), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as { request: string; status: number; reply: string })
    .filter(({ status }) => status === 200);

  test('every reply is a value with a Status', () => {
    expect(lines).toHaveLength(replies);
    for (const { reply } of lines) expect(['Success', 'Failure']).toContain(member(decode(reply), 'Status'));
  });

  test('every record of a class that the client knows is one', () => {
    let count = 0;
    for (const { request, reply } of lines) {
      const [, className = '', method = ''] = /<methodName>(\w+)\.(\w+)</.exec(request) ?? [];
      const schema = schemas[className];
      for (const record of schema === undefined ? [] : recordsOf(method, member(decode(reply), 'Value'))) {
        expect(schema?.safeParse(record)).toMatchObject({ success: true });
        count += 1;
      }
    }
    expect(count).toBe(known);
  });

  test('every event is one', () => {
    for (const { reply } of lines.filter(({ request }) => request.includes('event.next'))) {
      const events = member(decode(reply), 'Value');
      for (const event of Array.isArray(events) ? events : []) {
        expect(records.eventRecord.safeParse(event)).toMatchObject({ success: true });
      }
    }
  });
});
