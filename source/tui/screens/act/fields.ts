import { expandNames } from '../../../operations/vm-names.ts';
import { sizeProblem } from '../../../text/sizes.ts';
import type { CreateAnswers } from '../../app/work.ts';
import { buttonField, type Field, stringField } from '../../kit/form.ts';
import type { ActState, Choice } from './state.ts';

/** The names that were typed, patterns made out. Throws BadValue for a pattern that makes no sense. */
export const wantedNames = (names: string): readonly string[] =>
  names.split(/\s+/).filter(Boolean).flatMap(expandNames);

/** What is wrong with the names, or null. */
function namesProblem({ names }: CreateAnswers): string | null {
  try {
    wantedNames(names);
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

const sizeCheck =
  (what: string, id: 'memory' | 'disk') =>
  (values: CreateAnswers): string | null => {
    const problem = sizeProblem(values[id]);
    return problem === null ? null : `${what}: ${problem}.`;
  };

const choiceField = (
  id: 'sr' | 'network',
  label: string,
  help: string,
  choices: readonly Choice[],
): Field<CreateAnswers> => ({
  ...stringField(id, { label, help, kind: 'choice', folded: true, terms: [id === 'sr' ? 'storage' : 'network'] }),
  options: () => choices.map((choice) => ({ value: choice.uuid, label: choice.label })),
});

/** The form for new VMs, with the storage and networks that were found. */
export const createFields = ({ srs, networks }: ActState): readonly Field<CreateAnswers>[] => [
  stringField('names', {
    label: 'names',
    help: 'One or several: web01, or web[01-03] for three, or names with blanks between them.',
    required: 'A name is missing: web01, or web[01-03] for three.',
    check: namesProblem,
    terms: ['template', 'armed', 'plan'],
  }),
  stringField('memory', {
    label: 'memory',
    folded: true,
    help: 'Such as 512M or 1G.',
    required: 'How much memory? Write 512M.',
    check: sizeCheck('Memory', 'memory'),
  }),
  stringField('vcpus', {
    label: 'VCPUs',
    folded: true,
    help: 'Virtual CPUs.',
    terms: ['template'],
    required: 'How many? Write 1.',
    check: ({ vcpus }: CreateAnswers) =>
      /^[1-9]\d?$/.test(vcpus) ? null : `VCPUs: "${vcpus}" is no number from 1 to 99.`,
  }),
  stringField('disk', {
    label: 'first disk',
    folded: true,
    help: 'Size of the disk that FAI will install on.',
    terms: ['fai', 'storage'],
    check: sizeCheck('Disk', 'disk'),
  }),
  choiceField('sr', 'storage', 'Where the disks go; left and right choose.', srs),
  choiceField('network', 'network', 'Must reach the FAI server; left and right choose.', networks),
  buttonField('Show the plan', 'Every step with before and after, and the xe line that does the same.'),
];
