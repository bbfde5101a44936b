import { attacked, called, orphanDisks } from './world.ts';

const soon = (most: number) => new Promise<void>((resolve) => setTimeout(resolve, Math.random() * most));

/** Two processes make a VM of one name at the same time; in every third race one of them is killed. */
export async function races(say: (text: string) => void, count: number): Promise<string[]> {
  const losses: string[] = [];
  const ends: Record<string, number> = {};
  const attack = await attacked(0);
  for (let race = 0; race < count; race += 1) {
    const name = `race${race}`;
    const doomed = race % 3 === 2;
    const create = async (victim: boolean) => {
      await soon(80);
      return attack.run(['create', name, '--template', 'FAI'], (now) => {
        if (victim) setTimeout(now, 200 + Math.random() * 500);
      });
    };
    const both = await Promise.all([create(doomed), create(false)]);
    for (const { code, json } of both) {
      const end =
        code === null ? 'killed' : code === 0 ? (json?.vms?.[0]?.changed ? 'made' : 'there already') : `exit ${code}`;
      ends[end] = (ends[end] ?? 0) + 1;
    }
    const there = called(attack, name).length;
    if (there > 1) losses.push(`${name}: ${there} VMs`);
    if (!doomed && there !== 1) losses.push(`${name}: ${there} VMs, and nobody was killed`);
    // Whoever was killed, the name can be had.
    const again = await attack.run(['create', name, '--template', 'FAI']);
    if (again.code !== 0 || called(attack, name).length !== 1) losses.push(`${name}: run again, exit ${again.code}`);
  }
  if (orphanDisks(attack).length > 0) losses.push('a disk belongs to nobody');
  await attack.stop();
  say(`${count} races of two processes: ${JSON.stringify(ends)}`);
  return losses;
}
