/** What a call fails with: a code and its parameters, all strings (`ErrorDescription` on the wire). */
export class ApiError extends Error {
  readonly code: string;
  readonly params: readonly string[];

  constructor(code: string, ...params: string[]) {
    super([code, ...params].join(', '));
    this.code = code;
    this.params = params;
  }
}

/** The XML-RPC fault of a call with `Async.` that has no such mode: the one fault xapi sends. */
export class Fault extends Error {}
