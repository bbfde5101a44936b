/** Remembers the last answer for as long as the same arguments (by identity) come: for what costs more than a look. */
export function memoLast<Arguments extends readonly unknown[], Result>(
  make: (...given: Arguments) => Result,
): (...given: Arguments) => Result {
  let last: { readonly given: Arguments; readonly result: Result } | null = null;
  return (...given) => {
    if (last === null || last.given.some((value, index) => !Object.is(value, given[index])))
      last = { given, result: make(...given) };
    return last.result;
  };
}
