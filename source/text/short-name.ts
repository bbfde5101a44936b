import { cleanLine } from './clean.ts';
import { cutText } from './width.ts';

/** XenServer takes names of thousands of characters; in a sentence more than this says nothing. */
const longest = 60;

/** A name inside a sentence, clean and bounded. Where it must be found again it stands whole: in JSON, in shell lines. */
export const shortName = (name: string): string => cutText(cleanLine(name), longest);
