/**
 * What somebody wrote, on a line or in a form, makes no sense. The message says what is wanted instead. It is wrong
 * usage wherever it is thrown; a RangeError of Node's or of ours is a fault.
 */
export class BadValue extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'BadValue';
  }
}
