import { readGiven } from '../../source/settings/given-file.ts';

// Prints what a file holds that is named on the line, as the program reads it.
process.stdout.write(await readGiven(process.argv[2] ?? '', 100));
