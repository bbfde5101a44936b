import type { Model } from './model.ts';
import { escapeXml, parseXml, printXml, type Xml } from './xml.ts';

// The XML-RPC of xapi, both ways, after xMLRPC.ml of xen-api@030a348661.

/** What an argument must look like and does not (`RunTimeTypeError`). */
export class TypeMismatch extends Error {
  readonly expected: string;
  readonly found: string;

  constructor(expected: string, found: Xml) {
    super(expected);
    this.expected = expected;
    this.found = printXml(found);
  }
}

export interface Call {
  readonly method: string;
  /** The arguments as they came: what type they should have is known only when the method is. */
  readonly params: readonly Xml[];
}

/** Reads `methodCall`. Errors: XmlError, TypeMismatch; xapi answers both with HTTP 500. */
export function decodeCall(document: string, reader: Model['reader'] = 'xmlrpc'): Call {
  const root = parseXml(document, reader === 'rpc-light' ? ['value', 'string', 'name'] : []);
  const [name, params, ...rest] = unbox(['methodCall'], root);
  if (name === undefined || params === undefined || rest.length > 0) throw new TypeMismatch('pair ', root);
  return {
    method: pcdata(singleton(['methodName'], name)),
    params: unbox(['params'], params).map((param) => singleton(['param'], param)),
  };
}

const describe = (xml: Xml): string => (typeof xml === 'string' ? `PCData=${xml}` : `Element=${xml.tag}`);

/** The children of an element with one of these tags and no attributes. */
function unbox(tags: readonly string[], xml: Xml): readonly Xml[] {
  if (typeof xml !== 'string' && tags.includes(xml.tag) && Object.keys(xml.attributes).length === 0) {
    return xml.children;
  }
  throw new TypeMismatch(`unbox: ${describe(xml)} should contain '${tags[0] ?? ''}'`, xml);
}

function singleton(tags: readonly string[], xml: Xml): Xml {
  const [only, ...rest] = unbox(tags, xml);
  if (only !== undefined && rest.length === 0) return only;
  const all = unbox(tags, xml).map(describe).join(', ');
  throw new TypeMismatch(`singleton: {${all}} should be the singleton {${tags[0] ?? ''}}`, xml);
}

function pcdata(xml: Xml): string {
  if (typeof xml === 'string') return xml;
  throw new TypeMismatch('pcdata', xml);
}

/** Readers of one `<value>`, each as strict as its namesake in `XMLRPC.From`. */
export const from = {
  string(xml: Xml): string {
    const inside = unbox(['value'], xml);
    const [only] = inside;
    if (only === undefined) return '';
    if (typeof only === 'string' && inside.length === 1) return only;
    const boxed = singleton(['value'], xml);
    return unbox(['string'], boxed).length === 0 ? '' : pcdata(singleton(['string'], boxed));
  },
  /** Anything but 0 is true. */
  boolean: (xml: Xml): boolean => singleton(['boolean'], singleton(['value'], xml)) !== '0',
  double: (xml: Xml): string => pcdata(singleton(['double'], singleton(['value'], xml))),
  datetime: (xml: Xml): string => pcdata(singleton(['dateTime.iso8601'], singleton(['value'], xml))),
  array: (xml: Xml): readonly Xml[] => unbox(['data'], singleton(['array'], singleton(['value'], xml))),
  /** Names may be blank (CA-20001). */
  structure: (xml: Xml): readonly (readonly [name: string, value: Xml])[] =>
    unbox(['struct'], singleton(['value'], xml)).map((entry) => {
      const [name, value, ...rest] = unbox(['member'], entry);
      if (name === undefined || value === undefined || rest.length > 0) throw new TypeMismatch('pair ', entry);
      return [unbox(['name'], name).length === 0 ? '' : pcdata(singleton(['name'], name)), value];
    }),
};

const box = (tag: string, inside: string): string => (inside === '' ? `<${tag}/>` : `<${tag}>${inside}</${tag}>`);

/** A bare string value, as 5.6 writes every string, enum, reference and int64. */
export const bare = (text: string): string => box('value', escapeXml(text));

export const member = (name: string, value: string): string =>
  box('member', `${box('name', escapeXml(name))}${value}`);

export const struct = (members: readonly string[]): string => box('value', box('struct', members.join('')));

export const array = (items: readonly string[]): string => box('value', box('array', box('data', items.join(''))));

/** A reply without Status: `system.listMethods` is the one call that gets such. */
export const rawResponse = (value: string): string => box('methodResponse', box('params', box('param', value)));

export const success = (value: string): string =>
  rawResponse(struct([member('Status', bare('Success')), member('Value', value)]));

export const failure = (description: readonly string[]): string =>
  rawResponse(struct([member('Status', bare('Failure')), member('ErrorDescription', array(description.map(bare)))]));

export const fault = (text: string, code = 0): string =>
  box(
    'methodResponse',
    box('fault', struct([member('faultCode', `<value><i4>${code}</i4></value>`), member('faultString', bare(text))])),
  );
