import { array, bare, member, struct } from './envelope.ts';
import type { Profile } from './releases/profile.ts';
import { parseXml, type Xml, type XmlElement } from './xml.ts';

// POST /jsonrpc: in no tree of 6.2 that was tagged (XS62), in that of 6.5; it answers in version 1 of JSON-RPC until 7.3,
// which answers in the version it was asked in (xen-api@27f3847936). Integers are strings there as well.

export interface JsonCall {
  /** The same call in XML. */
  readonly xml: string;
  readonly version: 1 | 2;
  readonly id: unknown;
}

/** Whether a POST to that path is JSON-RPC. */
export const speaksJson = ({ has }: Profile, url: string): boolean => has('creedence') && url.startsWith('/jsonrpc');

/** Null when it is no call. */
export function readJsonCall(body: string, { has }: Profile): JsonCall | null {
  const call = parsed(body);
  if (typeof call !== 'object' || call === null || !('method' in call)) return null;
  const params = 'params' in call && Array.isArray(call.params) ? call.params : [];
  const given = params.map((param) => `<param>${toXml(param)}</param>`).join('');
  const name = bare(String(call.method)).replace(/^<value>|<\/value>$/g, '');
  return {
    xml: `<methodCall><methodName>${name}</methodName><params>${given}</params></methodCall>`,
    version: has('inverness') && 'jsonrpc' in call && call.jsonrpc === '2.0' ? 2 : 1,
    id: 'id' in call ? call.id : null,
  };
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return null;
  }
}

function toXml(value: unknown): string {
  if (Array.isArray(value)) return array(value.map(toXml));
  if (typeof value === 'boolean') return `<value><boolean>${value ? 1 : 0}</boolean></value>`;
  if (typeof value === 'number' && !Number.isInteger(value)) return `<value><double>${value}</double></value>`;
  if (typeof value === 'object' && value !== null) {
    return struct(Object.entries(value).map(([key, one]) => member(key, toXml(one))));
  }
  return bare(value === null ? '' : String(value));
}

/** A reply in XML as the JSON that answers this call. */
export function jsonReply(xml: string, call: JsonCall): string {
  const [response] = elements(parseXml(xml));
  const said = response === undefined ? '' : fromXml(innermost(response));
  if (!isStruct(said)) return succeeded(call, said);
  const { Status, Value = '', ErrorDescription, faultString = '' } = said;
  if (Status === 'Success') return succeeded(call, Value);
  const words = Array.isArray(ErrorDescription) ? ErrorDescription : ['INTERNAL_ERROR', faultString];
  if (call.version === 1) return JSON.stringify({ result: null, error: words, id: call.id });
  const [message, ...data] = words;
  return JSON.stringify({ jsonrpc: '2.0', error: { code: 1, message, data }, id: call.id });
}

const succeeded = ({ version, id }: JsonCall, result: Json): string =>
  JSON.stringify(version === 1 ? { result, error: null, id } : { jsonrpc: '2.0', result, id });

type Json = string | number | boolean | readonly Json[] | { readonly [key: string]: Json };

const isStruct = (json: Json): json is { readonly [key: string]: Json } =>
  typeof json === 'object' && !Array.isArray(json);

const elements = ({ children }: XmlElement): XmlElement[] => children.filter((child) => typeof child !== 'string');

/** The value in params/param, or in a fault. */
function innermost(element: XmlElement): XmlElement {
  const [child] = elements(element);
  return element.tag === 'value' || child === undefined ? element : innermost(child);
}

function fromXml(value: XmlElement): Json {
  const [child] = value.children;
  if (child === undefined) return '';
  if (typeof child === 'string') return child;
  switch (child.tag) {
    case 'boolean':
      return textOf(child) !== '0';
    case 'double':
    case 'i4':
    case 'int':
      return Number(textOf(child));
    case 'array':
      return elements(child).flatMap((data) => elements(data).map(fromXml));
    case 'struct':
      return Object.fromEntries(
        elements(child).map((one) => {
          const [name, inner] = elements(one);
          return [name === undefined ? '' : textOf(name), inner === undefined ? '' : fromXml(inner)];
        }),
      );
    default:
      return textOf(child);
  }
}

const textOf = ({ children }: { readonly children: readonly Xml[] }): string =>
  children.filter((child) => typeof child === 'string').join('');
