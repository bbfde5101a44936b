/** Why the system refused something, in Node's words without its code, the call and the path: these are named already. */
export function systemText(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.message.replace(/^E[A-Z0-9]+: |, \w+( '.*')?$/g, '');
}
