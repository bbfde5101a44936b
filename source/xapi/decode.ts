import { SaxesParser } from 'saxes';
import { limits } from '../limits/limits.ts';
import type { XmlValue } from './value.ts';

type Frame =
  | { kind: 'value'; type: string; text: string; closed: boolean; value: XmlValue | undefined }
  | { kind: 'array'; items: XmlValue[] }
  | { kind: 'struct'; members: { [name: string]: XmlValue }; name: string };

/** What came back: the one value, or an XML-RPC fault (xapi sends that for a missing async mode only). */
export type Response = { readonly value: XmlValue } | { readonly fault: XmlValue };

/** Characters XML forbids, bare or as a reference: one of them in a name must not hide every other VM. */
const notXml = /[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]/g;
const reference = /&#(x[0-9a-f]{1,6}|[0-9]{1,7});/gi;
/** A reference that the next chunk may end. */
const openReference = /&#?[0-9a-z]{0,8}$/i;

/**
 * A streaming reader of `methodResponse`: give it chunks, then ask for the response. Entities of a DTD are never
 * expanded (saxes knows the five of XML only), nesting is capped; the caller caps the size.
 * Errors: throws on text that is no response.
 */
export class ResponseReader {
  private readonly parser = new SaxesParser();
  private readonly stack: Frame[] = [];
  private depth = 0;
  private held = '';
  private inName = false;
  private fault = false;
  private result: XmlValue | undefined;

  constructor() {
    this.parser.on('error', (error) => {
      throw error;
    });
    this.parser.on('doctype', () => {
      throw new Error('a document type is not part of XML-RPC');
    });
    this.parser.on('opentag', ({ name }) => this.open(name));
    this.parser.on('closetag', ({ name }) => this.close(name));
    this.parser.on('text', (text) => this.text(text));
    this.parser.on('cdata', (text) => this.text(text));
  }

  write(chunk: string): void {
    const text = this.held + chunk;
    this.held = openReference.exec(text)?.[0] ?? '';
    this.parser.write(xmlText(text.slice(0, text.length - this.held.length)));
  }

  end(): Response {
    this.parser.write(xmlText(this.held));
    this.parser.close();
    if (this.result === undefined) throw new Error('there is no value in the reply');
    return this.fault ? { fault: this.result } : { value: this.result };
  }

  private open(name: string): void {
    this.depth += 1;
    // The parser keeps the name of every element that is open: depth is memory.
    if (this.depth > limits.reply.depth) throw new Error('the reply is nested too deeply');
    const top = this.stack.at(-1);
    switch (name) {
      case 'value':
        this.stack.push({ kind: 'value', type: 'string', text: '', closed: false, value: undefined });
        break;
      case 'array':
        this.stack.push({ kind: 'array', items: [] });
        break;
      case 'struct':
        this.stack.push({ kind: 'struct', members: Object.create(null), name: '' });
        break;
      case 'name':
        this.inName = true;
        if (top?.kind === 'struct') top.name = '';
        break;
      case 'fault':
        this.fault = true;
        break;
      case 'data':
      case 'member':
      case 'param':
      case 'params':
      case 'methodResponse':
        break;
      default:
        if (top?.kind === 'value') {
          top.type = name;
          top.text = '';
        }
    }
  }

  private text(text: string): void {
    const top = this.stack.at(-1);
    // Blanks behind a typed element belong to the layout, not to the value.
    if (top?.kind === 'value' && !top.closed) top.text += text;
    else if (this.inName && top?.kind === 'struct') top.name += text;
  }

  private close(name: string): void {
    this.depth -= 1;
    const top = this.stack.at(-1);
    if (name === 'name') this.inName = false;
    else if (name === 'value' && top?.kind === 'value') {
      this.stack.pop();
      this.deliver(top.value ?? scalar(top.type, top.text));
    } else if (name === 'array' && top?.kind === 'array') {
      this.stack.pop();
      this.fill(top.items);
    } else if (name === 'struct' && top?.kind === 'struct') {
      this.stack.pop();
      this.fill(top.members);
    } else if (top?.kind === 'value' && name === top.type) {
      top.closed = true;
    }
  }

  private fill(value: XmlValue): void {
    const top = this.stack.at(-1);
    if (top?.kind === 'value') top.value = value;
  }

  private deliver(value: XmlValue): void {
    const top = this.stack.at(-1);
    if (top === undefined) this.result = value;
    else if (top.kind === 'array') top.items.push(value);
    else if (top.kind === 'struct') top.members[top.name] = value;
  }
}

const xmlText = (text: string): string =>
  text.replace(notXml, '\uFFFD').replace(reference, (whole, number: string) => {
    const code = Number(number.startsWith('x') || number.startsWith('X') ? `0${number}` : number);
    return code > 0x10ffff || String.fromCodePoint(code).replace(notXml, '') === '' ? '\uFFFD' : whole;
  });

function scalar(type: string, text: string): XmlValue {
  if (type === 'boolean') return text.trim() !== '0';
  if (type === 'double') return Number(text);
  return type === 'string' ? text : text.trim();
}
