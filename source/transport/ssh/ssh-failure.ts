import { ConnectionFailure } from '../failure.ts';
import { missing } from './guarded.ts';
import type { Way } from './way.ts';

/**
 * - `missing`: there is no ssh on this machine;
 * - `question`: it has one, and nobody could be asked;
 * - `too-old`: the other side knows only what ssh of today has switched off;
 * - `forbidden`: the other side lets nobody through;
 * - `unanswered`: it has led there, and nothing answers where it was to lead on;
 * - `failed`: anything else.
 */
export type SshTrouble = 'missing' | 'question' | 'too-old' | 'forbidden' | 'unanswered' | 'failed';

/** ssh did not lead there. Nothing was sent. */
export class SshFailure extends ConnectionFailure {
  readonly way: Way;
  readonly trouble: SshTrouble;

  /** `said`: ssh's own last words, foreign in part. */
  constructor(way: Way, trouble: SshTrouble, said: string) {
    super('unreachable', said);
    this.name = 'SshFailure';
    this.way = way;
    this.trouble = trouble;
  }
}

/** Why ssh has ended, from its exit code and what it said. */
export function sshFailure(way: Way, code: number, said: string): SshFailure {
  if (code === missing) return new SshFailure(way, 'missing', 'there is no program ssh on this machine');
  const lines = said
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !/^\*\* |^Warning: Permanently added/.test(line));
  const last = lines.at(-1)?.replace(/\.$/, '') ?? `it ended with ${code}`;
  return new SshFailure(way, troubleIn(said), last);
}

/** OpenSSH's own words (sshconnect2.c, sshconnect.c, kex.c, channels.c). */
function troubleIn(said: string): SshTrouble {
  if (/no matching (host key|key exchange|cipher|mac)|Invalid key length/i.test(said)) return 'too-old';
  if (/Permission denied \(|Host key verification failed|Too many authentication failures/.test(said))
    return 'question';
  return /administratively prohibited/.test(said) ? 'forbidden' : 'failed';
}
