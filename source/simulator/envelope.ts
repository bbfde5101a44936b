import { SaxesParser } from 'saxes';
import { ApiError } from './api-error.ts';

/** An argument as it came: what type it should have is known only when the method is. */
export type RawValue =
  | { readonly kind: 'scalar'; readonly text: string; readonly tag: string }
  | { readonly kind: 'array'; readonly items: readonly RawValue[] }
  | { readonly kind: 'struct'; readonly members: ReadonlyMap<string, RawValue> };

export interface Call {
  readonly method: string;
  readonly params: readonly RawValue[];
}

type Frame =
  | { tag: 'scalar'; type: string; text: string; typed: boolean; value: RawValue | null }
  | { tag: 'array'; items: RawValue[] }
  | { tag: 'struct'; members: Map<string, RawValue>; name: string };

/** Reads `methodCall`. Accepts what xapi accepts: bare text, typed scalars, `<value/>`, blank names. */
export function decodeCall(xml: string): Call {
  const parser = new SaxesParser({ fragment: false });
  const stack: Frame[] = [];
  const params: RawValue[] = [];
  let method = '';
  let inside = '';
  const deliver = (value: RawValue): void => {
    const top = stack.at(-1);
    if (top?.tag === 'array') top.items.push(value);
    else if (top?.tag === 'struct') top.members.set(top.name, value);
    else if (top === undefined) params.push(value);
  };
  parser.on('error', (error) => {
    throw new ApiError('XMLRPC_UNMARSHAL_FAILURE', 'methodCall', error.message);
  });
  parser.on('opentag', ({ name }) => {
    inside = name;
    const top = stack.at(-1);
    if (name === 'value') stack.push({ tag: 'scalar', type: '', text: '', typed: false, value: null });
    else if (name === 'array') stack.push({ tag: 'array', items: [] });
    else if (name === 'struct') stack.push({ tag: 'struct', members: new Map(), name: '' });
    else if (name === 'member' && top?.tag === 'struct') top.name = '';
    else if (top?.tag === 'scalar') {
      top.type = name;
      top.typed = true;
      top.text = '';
    }
  });
  const onText = (text: string): void => {
    const top = stack.at(-1);
    if (inside === 'methodName') method += text.trim();
    else if (inside === 'name' && top?.tag === 'struct') top.name += text;
    else if (top?.tag === 'scalar' && top.value === null && (!top.typed || inside === top.type)) top.text += text;
  };
  parser.on('text', onText);
  parser.on('cdata', onText);
  parser.on('closetag', ({ name }) => {
    inside = '';
    const top = stack.at(-1);
    if (name === 'array' && top?.tag === 'array') {
      stack.pop();
      setValue(stack.at(-1), { kind: 'array', items: top.items });
    } else if (name === 'struct' && top?.tag === 'struct') {
      stack.pop();
      setValue(stack.at(-1), { kind: 'struct', members: top.members });
    } else if (name === 'value' && top?.tag === 'scalar') {
      stack.pop();
      deliver(top.value ?? { kind: 'scalar', text: top.text, tag: top.type });
    }
  });
  parser.write(xml).close();
  return { method, params };
}

function setValue(frame: Frame | undefined, value: RawValue): void {
  if (frame?.tag === 'scalar') frame.value = value;
}

const escapeXml = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

/** A bare string value, as 5.6 writes every string, enum, reference and int64. */
export const bare = (text: string): string => (text === '' ? '<value/>' : `<value>${escapeXml(text)}</value>`);

export const member = (name: string, value: string): string =>
  `<member>${name === '' ? '<name/>' : `<name>${escapeXml(name)}</name>`}${value}</member>`;

export const struct = (members: readonly string[]): string => `<value><struct>${members.join('')}</struct></value>`;

export const array = (items: readonly string[]): string =>
  `<value><array><data>${items.join('')}</data></array></value>`;

const response = (value: string): string =>
  `<?xml version="1.0"?><methodResponse><params><param>${value}</param></params></methodResponse>`;

export const success = (value: string): string =>
  response(struct([member('Status', bare('Success')), member('Value', value)]));

export const failure = (description: readonly string[]): string =>
  response(struct([member('Status', bare('Failure')), member('ErrorDescription', array(description.map(bare)))]));

export const fault = (text: string): string =>
  `<?xml version="1.0"?><methodResponse><fault>${struct([
    member('faultCode', '<value><i4>0</i4></value>'),
    member('faultString', bare(text)),
  ])}</fault></methodResponse>`;
