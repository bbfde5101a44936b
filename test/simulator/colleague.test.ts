import { afterEach, expect, test } from 'vitest';
import { classesOf } from '../../source/simulator/guest/config-space.ts';
import { faiScript } from '../../source/simulator/guest/fai-script.ts';
import { readKernelLine } from '../../source/simulator/guest/kernel-line.ts';
import { faiLine } from '../../source/simulator/populate-vms.ts';
import type { Simulator } from '../../source/simulator/simulator.ts';
import { listenForLines } from '../../source/transport/line-server.ts';
import { simulator, until } from '../harness.ts';

let sim: Simulator;
afterEach(() => sim.stop());

const vms = () =>
  [...sim.world.database.all('VM').values()].filter(
    (vm) => vm['is_a_template'] === false && vm['is_control_domain'] === false,
  );
const powers = () => Object.fromEntries(vms().map((vm) => [vm['name_label'], vm['power_state']]));

test('a colleague’s installs begin when FAI’s monitor listens, and end as real ones do', async () => {
  const heard: string[] = [];
  const server = await listenForLines(0, (line) => heard.push(line));
  const { port } = server;
  await server.close();
  sim = await simulator({ monitorPort: port, colleague: true, speed: 400 });
  expect(new Set(Object.values(powers()))).toEqual(new Set(['Halted']));
  const again = await listenForLines(port, (line) => heard.push(line));
  await until(() => heard.includes('raid01 TASKEND partition 710') && heard.includes('page01 TASKBEGIN faiend'));
  const last = (name: string) => heard.findLast((line) => line.startsWith(name));
  expect(last('raid01')).toBe('raid01 TASKEND partition 710');
  // 3.4 has said it before it asks for RETURN.
  await until(() => last('page01') === 'page01 TASKEND faiend 0');
  expect(last('far01')).not.toContain('faiend');
  // Switched off while it installs packages: its messages just end.
  await until(() => powers()['cut01'] === 'Halted' && last('cut01') !== undefined);
  expect(last('cut01')).toBe('cut01 TASKBEGIN instsoft');
  // A question on its console, and not a word to the monitor after this.
  await until(() => last('logs01') === 'logs01 TASKBEGIN savelog');
  expect(powers()).toEqual({
    page01: 'Running',
    far01: 'Running',
    raid01: 'Running',
    logs01: 'Running',
    cut01: 'Halted',
  });
  await again.close();
  // Who looks at their consoles sees why.
  const { consoles, database } = sim.world;
  const console = (name: string): string => {
    const [ref = ''] = [...database.all('VM')].find(([, record]) => record['name_label'] === name) ?? [];
    return String(consoles.get(ref));
  };
  expect(console('raid01')).toContain('Error in task partition. Code: 710\r\nFATAL ERROR. Installation stopped.');
  await until(() => console('page01').includes('Press <RETURN> to reboot'));
  await until(() => console('logs01').includes('Are you sure you want to continue connecting'));
});

test('a far mirror makes what is fetched slow, and nothing else', () => {
  const outcome = readKernelLine(faiLine('reboot'));
  const run = outcome.kind === 'fai' ? outcome.run : expect.fail('no FAI');
  const taking = (hostname: string, message: string) =>
    faiScript(run, classesOf(hostname)).acts.find((act) => act.message === message)?.seconds ?? 0;
  expect(taking('far01', 'TASKEND instsoft 0')).toBe(12 * taking('web01', 'TASKEND instsoft 0'));
  expect(taking('far01', 'TASKEND extrbase 0')).toBe(taking('web01', 'TASKEND extrbase 0'));
});
