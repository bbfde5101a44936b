import { limits } from '../limits/limits.ts';
import { type Element, reply } from './grammar.ts';
import type { XmlValue } from './value.ts';
import { all, type Wanted } from './wanted.ts';
import { cleanXml, textOf } from './xml-text.ts';

/** What came back: the one value, or an XML-RPC fault (xapi sends that for a missing async mode only). */
export type Response = { readonly value: XmlValue } | { readonly fault: XmlValue };

/**
 * A struct. It inherits nothing, so `__proto__` is a name like any other; it has a constructor because V8 keeps what
 * `Object.create(null)` makes as a hash table, which takes longer to fill.
 */
class Struct {
  [name: string]: XmlValue;
}
Object.setPrototypeOf(Struct.prototype, null);
Reflect.deleteProperty(Struct.prototype, 'constructor');

/** An array or struct that is being read. */
interface Frame {
  readonly into: XmlValue[] | Struct;
  readonly wanted: Wanted;
  /** Of the member that is being read. */
  name: string;
}

/**
 * A streaming reader of `methodResponse`: give it chunks, then ask for the response. It knows the elements of XML-RPC
 * and no other XML; members that nobody wants are read over. Nesting is capped; the caller caps the size.
 * Errors: throws on text that is no response.
 */
export class ResponseReader {
  private readonly wanted: Wanted;
  /** The rest of a chunk that ends in the middle of a text or a tag. */
  private held = '';
  /** Characters at which it is worth looking for an end: a text of many chunks must not be searched anew with each. */
  private enough = 0;
  private readonly open: Element[] = [reply];
  private readonly frames: Frame[] = [];
  private value: XmlValue | undefined;
  private values = 0;
  private response: Response | undefined;
  /** How many elements are open around a member that nobody wants; 0 outside of one. */
  private unwanted = 0;

  constructor(wanted = all) {
    this.wanted = wanted;
  }

  write(chunk: string): void {
    this.held += chunk;
    if (this.held.length < this.enough) return;
    this.read();
    this.enough = 2 * this.held.length;
  }

  end(): Response {
    this.read();
    if (this.open.length > 1) throw new Error('the reply ends too early');
    if (this.held.trim() !== '' || this.response === undefined) throw new Error('there is no value in the reply');
    return this.response;
  }

  private read(): void {
    const xml = cleanXml(this.held);
    const last = xml.lastIndexOf('>');
    let at = 0;
    for (let tag = xml.indexOf('<'); tag >= 0 && tag < last; tag = xml.indexOf('<', at)) {
      at = xml.startsWith('</', tag) ? this.closeTag(xml, at, tag) : this.openTag(xml, at, tag);
    }
    this.held = xml.slice(at);
  }

  /** Both give the place behind the tag. */
  private openTag(xml: string, from: number, tag: number): number {
    const parent = this.open[this.open.length - 1] ?? reply;
    if (from < tag) refuseText(xml.slice(from, tag));
    for (const element of parent.holds) {
      if (!xml.startsWith(element.name, tag + 1)) continue;
      const end = behindBlanks(xml, tag + 1 + element.name.length);
      if (xml.startsWith('>', end)) {
        this.begin(element);
        return end + 1;
      }
      if (xml.startsWith('/>', end)) {
        this.begin(element);
        this.finish(element, '');
        return end + 2;
      }
    }
    if (parent === reply && xml.startsWith('<?xml ', tag)) return xml.indexOf('>', tag) + 1;
    throw misplaced(xml, tag);
  }

  private closeTag(xml: string, from: number, tag: number): number {
    const element = this.open[this.open.length - 1] ?? reply;
    const end = behindBlanks(xml, tag + 2 + element.name.length);
    if (element === reply || !xml.startsWith(element.name, tag + 2) || !xml.startsWith('>', end))
      throw misplaced(xml, tag);
    this.finish(element, xml.slice(from, tag));
    return end + 1;
  }

  private begin(element: Element): void {
    this.open.push(element);
    // An array or struct is built while it is open: depth is memory.
    if (this.open.length > limits.reply.depth) throw new Error('the reply is nested too deeply');
    if (this.unwanted > 0) return;
    const { kind } = element;
    if (kind === 'value') this.beginValue();
    else if (kind === 'array') this.frames.push({ into: [], wanted: this.wantedHere(), name: '' });
    else if (kind === 'struct') this.frames.push({ into: new Struct(), wanted: this.wantedHere(), name: '' });
  }

  private beginValue(): void {
    this.value = undefined;
    this.values += 1;
    if (this.values > limits.reply.values) throw new Error('there are too many values in the reply');
  }

  private finish({ name, kind }: Element, text: string): void {
    const depth = this.open.length;
    this.open.pop();
    if (this.unwanted > 0) {
      if (depth <= this.unwanted) this.unwanted = 0;
      return;
    }
    switch (kind) {
      case 'name':
        this.nameMember(textOf(text), depth - 1);
        break;
      case 'scalar':
        this.value = scalar(name, textOf(text));
        break;
      case 'value':
        // Blanks behind a typed element belong to the layout, not to the value.
        if (this.value !== undefined) refuseText(text);
        this.deliver(this.value ?? textOf(text));
        break;
      case 'array':
      case 'struct':
        refuseText(text);
        this.value = this.frames.pop()?.into;
        break;
      default:
        refuseText(text);
    }
  }

  private nameMember(name: string, member: number): void {
    const frame = this.frames[this.frames.length - 1];
    if (frame === undefined) return;
    frame.name = name;
    if (frame.wanted.kind === 'some' && !frame.wanted.members.has(name)) this.unwanted = member;
  }

  /** Of the value that is being read. */
  private wantedHere(): Wanted {
    const frame = this.frames[this.frames.length - 1];
    if (frame === undefined) return this.open[2]?.kind === 'fault' ? all : this.wanted;
    const { wanted, name } = frame;
    if (wanted.kind === 'each') return wanted.part;
    return wanted.kind === 'some' ? (wanted.members.get(name) ?? all) : all;
  }

  private deliver(value: XmlValue): void {
    const frame = this.frames[this.frames.length - 1];
    this.value = undefined;
    if (frame === undefined) this.response = this.open[2]?.kind === 'fault' ? { fault: value } : { value };
    else if (Array.isArray(frame.into)) frame.into.push(value);
    else frame.into[frame.name] = value;
  }
}

function behindBlanks(xml: string, at: number): number {
  let end = at;
  while (xml.charCodeAt(end) <= 0x20) end += 1;
  return end;
}

function refuseText(text: string): void {
  if (text !== '' && text.trim() !== '') throw new Error('there is text where none belongs');
}

const misplaced = (xml: string, tag: number): Error =>
  new Error(`${JSON.stringify(xml.slice(tag, tag + 40))} has no place in XML-RPC`);

function scalar(type: string, text: string): XmlValue {
  if (type === 'boolean') return text.trim() !== '0';
  if (type === 'double') return Number(text);
  return type === 'string' ? text : text.trim();
}
