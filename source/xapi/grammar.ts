/** An element of XML-RPC: what it is to whoever reads a reply, and what may stand in it. */
export interface Element {
  readonly name: string;
  readonly kind: 'layout' | 'fault' | 'value' | 'scalar' | 'array' | 'struct' | 'member' | 'name';
  readonly holds: readonly Element[];
}

const element = (name: string, kind: Element['kind'], holds: readonly Element[]): Element => ({ name, kind, holds });
const layout = (name: string, ...holds: readonly Element[]): Element => element(name, 'layout', holds);

/** What a value may be; its array and its struct hold values again, and are put in below. */
const types = ['boolean', 'string', 'double', 'dateTime.iso8601', 'int', 'i4', 'i8', 'base64', 'nil'];
const forms = types.map((name) => element(name, 'scalar', []));
const value = element('value', 'value', forms);
forms.unshift(
  element('array', 'array', [layout('data', value)]),
  element('struct', 'struct', [element('member', 'member', [element('name', 'name', []), value])]),
);

/** The document of a reply. Whatever does not stand here is refused: a web page, a document type, a comment, an attribute. */
export const reply: Element = layout(
  '',
  layout('methodResponse', layout('params', layout('param', value)), element('fault', 'fault', [value])),
);
