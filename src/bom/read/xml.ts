import { BomError } from '../error.ts';

/** An element of somebody's XML. Names are without their prefix; what stands between children is no text of its own. */
export interface XmlElement {
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: readonly XmlElement[];
  readonly text: string;
}

/** Elements in elements; a document about components goes a few dozens deep, and a stack ends somewhere. */
const maxDepth = 1000;

interface Open {
  readonly name: string;
  readonly written: string;
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: XmlElement[];
  text: string;
}

/** What may come next: text, then one of comment, CDATA, instruction, declaration, end or start of an element. */
const token =
  /([^<]*)(?:<!--[\s\S]*?-->|<!\[CDATA\[([\s\S]*?)\]\]>|<\?[\s\S]*?\?>|(<!)|<\/([^\s<>/]+)\s*>|<([^\s<>/!?]+)((?:\s+[^\s=<>/]+\s*=\s*(?:"[^"<]*"|'[^'<]*'))*)\s*(\/?)>)/y;

/**
 * Reads XML 1.0 as documents about components have it: elements, attributes, text. It follows no address and takes no document type
 * declaration, so that no entity grows. Throws `BomError('bom/document')` for what is broken.
 */
export function readXml(source: string): XmlElement {
  const text = source.replace(/^\uFEFF/, '');
  const outside: Open = { name: '', written: '', attributes: new Map(), children: [], text: '' };
  const open: Open[] = [outside];
  token.lastIndex = 0;
  let at = 0;
  for (let match = token.exec(text); match !== null; match = token.exec(text)) {
    at = token.lastIndex;
    const [, between = '', data, declaration, end, start, attributes = '', closed] = match;
    const inner = open.at(-1) ?? outside;
    inner.text += decoded(between) + (data ?? '');
    if (declaration !== undefined) throw broken('it declares a document type, which is not read');
    if (end !== undefined) {
      if (inner === outside || inner.written !== end) throw broken(`</${end.slice(0, 100)}> ends nothing`);
      open.pop();
      (open.at(-1) ?? outside).children.push(inner);
    } else if (start !== undefined) {
      const begun = {
        name: local(start),
        written: start,
        attributes: attributesOf(attributes),
        children: [],
        text: '',
      };
      if (closed === '/') inner.children.push(begun);
      else if (open.push(begun) > maxDepth) throw broken(`it is more than ${maxDepth} elements deep`);
    }
  }
  const [root, ...more] = outside.children;
  const isWhole = open.length === 1 && (outside.text + text.slice(at)).trim() === '';
  if (root === undefined || more.length > 0 || !isWhole)
    throw broken('it ends in the middle, or has no root');
  return root;
}

function local(name: string): string {
  return name.slice(name.indexOf(':') + 1);
}

function attributesOf(text: string): ReadonlyMap<string, string> {
  const pairs = text.matchAll(/([^\s=]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g);
  return new Map([...pairs].map(([, name = '', one, other]) => [name, decoded(one ?? other ?? '')]));
}

const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

function decoded(text: string): string {
  if (!text.includes('&')) return text;
  return text.replace(/&(?:#x([0-9a-f]{1,6})|#(\d{1,7})|(\w+));/gi, (whole, hex, decimal, name) => {
    if (name !== undefined) return Object.hasOwn(entities, name) ? (entities[name] ?? whole) : whole;
    const code = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16);
    return code <= 0x10ffff ? String.fromCodePoint(code).toWellFormed() : whole;
  });
}

function broken(reason: string): BomError {
  return new BomError('bom/document', `it is no XML that is read here: ${reason}`);
}
