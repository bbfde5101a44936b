/** One blank-separated word of a kernel line; FAI knows no quoting. `value` null: a bare word such as `quiet`. */
export interface KernelArgument {
  readonly text: string;
  readonly name: string;
  readonly value: string | null;
}

export function splitKernelLine(line: string): KernelArgument[] {
  return line
    .split(/\s+/)
    .filter((text) => text !== '')
    .map((text) => {
      const at = text.indexOf('=');
      return at < 0
        ? { text, name: text, value: null }
        : { text, name: text.slice(0, at), value: text.slice(at + 1) };
    });
}

/** The value that counts: of several words with one name the last wins, in FAI as in the kernel. */
export function lastValue(words: readonly KernelArgument[], name: string): string | null {
  return words.findLast((word) => word.name === name && word.value !== null)?.value ?? null;
}

export const hasArgument = (words: readonly KernelArgument[], name: string): boolean =>
  words.some((word) => word.name === name);

/** True when two lines hold the same words, in whatever order: to FAI and the kernel they then say the same. */
export function sameArguments(a: string, b: string): boolean {
  const sorted = (line: string): string =>
    splitKernelLine(line)
      .map(({ text }) => text)
      .sort()
      .join(' ');
  return sorted(a) === sorted(b);
}

/** Words that make a kernel line an FAI line: without one of them no FAI was meant to run. */
export function hasFaiArguments(line: string): boolean {
  return splitKernelLine(line).some(
    ({ name }) => name === 'FAI_ACTION' || name === 'FAI_FLAGS' || name === 'FAI_CONFIG_SRC',
  );
}
