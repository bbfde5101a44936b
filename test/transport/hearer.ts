// A process of its own that hears lines: `node hearer.ts PORT FOLDER`. Tells each state and each line as JSON.
import { networkOf } from '../../source/transport/network.ts';
import { nothingAgreed } from '../../source/transport/trust.ts';

const [port = '', folder = ''] = process.argv.slice(2);
const tell = (what: unknown) => console.log(JSON.stringify(what));
const end = new AbortController();
process.on('SIGTERM', () => end.abort());
await networkOf([folder], nothingAgreed).hearLines(Number(port), {
  onLine: (line) => tell({ line }),
  onState: tell,
  signal: end.signal,
});
