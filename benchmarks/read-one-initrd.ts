// Reads the initrd named on the command line and prints the peak memory of this process in MiB.
import { createReadStream } from 'node:fs';
import { readInitrd } from '../source/formats/read-initrd.ts';

await readInitrd(createReadStream(process.argv[2] ?? ''), new AbortController().signal);
console.log(Math.round(process.resourceUsage().maxRSS / 1024));
