import type { Advice } from '../problem/advice.ts';
import type { ExitCode } from '../problem/exit.ts';

/** What an error code of a host means here, and what to try. `message` is given the parameters, foreign text as they are. */
export interface ErrorText {
  readonly message: string | ((params: readonly string[]) => string);
  readonly cause: string;
  readonly try: readonly [Advice, ...Advice[]];
  /** 10 unless something says more. */
  readonly exit?: ExitCode;
}

/** Texts by the host's code, as it stands on the wire. */
export type ErrorTexts = Readonly<Record<string, ErrorText>>;

/** Where the host writes down what went wrong. */
export const hostLog: Advice = {
  shell: ['tail', '-n', '200', '/var/log/xensource.log'],
  where: 'dom0',
  note: 'says what it was doing',
};

/** ": its words", of a host that has said something. */
export const behind = (words: string | undefined): string =>
  words === undefined || words === '' ? '.' : `: ${words}${/[.?!]$/.test(words) ? '' : '.'}`;
