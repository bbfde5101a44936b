/** A password. It has no text: whatever prints, logs or serialises it gets asterisks. */
export class Secret {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  /** For the one call that logs in. */
  reveal(): string {
    return this.#text;
  }

  get isEmpty(): boolean {
    return this.#text === '';
  }

  toString(): string {
    return '******';
  }

  toJSON(): string {
    return '******';
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return '******';
  }
}
