import { SaxesParser } from 'saxes';

/** xml-light2's tree of a document (xen-api-libs@f7a84f0, xml-light2/xml.ml). */
export type Xml = XmlElement | string;

export interface XmlElement {
  readonly tag: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly Xml[];
}

/** What `Xml.parse_string` raises; OCaml prints an exception that carries a tuple just so. */
export class XmlError extends Error {
  constructor() {
    super('Xml.Error(_)');
  }
}

const isBlank = (text: string): boolean => /^[ \n\t]*$/.test(text);

/**
 * Parses a document. Text that is blank is no child at all (xml.ml:is_empty), but in elements with these tags where it
 * is all there is; text and CDATA side by side are one.
 */
export function parseXml(document: string, blanksIn: readonly string[] = []): XmlElement {
  const parser = new SaxesParser();
  const open: { tag: string; attributes: Record<string, string>; children: Xml[]; text: string }[] = [];
  let root: XmlElement | undefined;
  const endText = (): void => {
    const top = open.at(-1);
    if (top === undefined) return;
    if (!isBlank(top.text)) top.children.push(top.text);
    top.text = '';
  };
  const addText = (text: string): void => {
    const top = open.at(-1);
    if (top !== undefined) top.text += text;
  };
  parser.on('error', () => {
    throw new XmlError();
  });
  parser.on('opentag', ({ name, attributes }) => {
    endText();
    open.push({ tag: name, attributes, children: [], text: '' });
  });
  parser.on('text', addText);
  parser.on('cdata', addText);
  parser.on('closetag', () => {
    const top = open.at(-1);
    if (top?.text && top.children.length === 0 && blanksIn.includes(top.tag)) top.children.push(top.text);
    else endText();
    const closed = open.pop();
    if (closed === undefined) return;
    const { text, ...element } = closed;
    const parent = open.at(-1);
    if (parent === undefined) root = element;
    else parent.children.push(element);
  });
  parser.write(document).close();
  if (root === undefined) throw new XmlError();
  return root;
}

/** Text as xml.ml:esc_pcdata writes it: characters that XML forbids are left out. */
export const escapeXml = (text: string): string =>
  text
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f]/g, '')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');

/** A tree as text, the way `Xml.to_string` prints it; an element without children closes itself. */
export function printXml(xml: Xml): string {
  if (typeof xml === 'string') return escapeXml(xml);
  const attributes = Object.entries(xml.attributes).map(([name, value]) => ` ${name}="${escapeXml(value)}"`);
  const head = `${xml.tag}${attributes.join('')}`;
  if (xml.children.length === 0) return `<${head}/>`;
  return `<${head}>${xml.children.map(printXml).join('')}</${xml.tag}>`;
}
