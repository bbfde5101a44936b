import { errorsOf, type Finding } from '../../../problem/finding.ts';
import { type Answers, configureFindings } from './state.ts';

/** Which field a finding is about, by its code; the first that fits. */
const fields: readonly (readonly [code: RegExp, field: string])[] = [
  [/^(no-repository|repository-|path-dots)/, 'repository'],
  [/release/, 'release'],
  [/^arch-/, 'arch'],
  [/^args-(nfsroot|root|server-name)/, 'nfsroot'],
  [/^args-config/, 'configSpace'],
  [/^args-action/, 'action'],
  [/^args-(flag|no-reboot|sshd)/, 'flags'],
  [/^args-overlay/, 'overlay'],
  [/^args-no-ip/, 'ip'],
  [/^args-console/, 'console'],
];

/** The field that a finding is about; undefined: several, or none that there is. */
export const fieldOf = ({ code }: Finding): string | undefined => fields.find(([what]) => what.test(code))?.[1];

/** What is wrong with the answer in this field, and what to write instead; null: nothing. */
export const errorAt =
  (field: string) =>
  (values: Answers): string | null => {
    const found = errorsOf(configureFindings(values)).find((finding) => fieldOf(finding) === field);
    if (found === undefined) return null;
    return typeof found.try === 'string' ? `${found.message} ${found.try}` : found.message;
  };
