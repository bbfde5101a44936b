import type { Advice } from './advice.ts';

/** One thing a check found. `message` says what and why it matters, `try` what can be done about it. */
export interface Finding {
  readonly severity: 'error' | 'warning' | 'info';
  readonly code: string;
  readonly message: string;
  readonly try?: Advice;
}

export const errorsOf = (findings: readonly Finding[]): Finding[] =>
  findings.filter((finding) => finding.severity === 'error');
