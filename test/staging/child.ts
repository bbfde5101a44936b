import { basename } from 'node:path';
import { folderPlace } from '../../source/staging/folder.ts';
import { stagedBytes } from '../../source/staging/staged-file.ts';
import { fileWriter } from '../../source/staging/writer.ts';

// One run of the real code in a process of its own, killed before its n-th change, or before the
// first whose name matches: child.js ROOT VERSION N|PATTERN PATH...

const [root = '', version = '', at = '0', ...paths] = process.argv.slice(2);
let changes = 0;
const writer = fileWriter({
  step: (change) => {
    changes += 1;
    if (changes === Number(at) || (/\D/.test(at) && new RegExp(at).test(change)))
      process.kill(process.pid, 'SIGKILL');
  },
});
const files = paths.map((path) => stagedBytes(path, Buffer.from(`${version} ${basename(path)}`)));
await folderPlace(root, writer).put(files, new AbortController().signal);
