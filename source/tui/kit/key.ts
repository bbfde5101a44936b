/** A key press in one vocabulary: a name such as "up", "ctrl-c", "a", and the text it would type. */
export interface Key {
  readonly name: string;
  readonly text: string;
}
