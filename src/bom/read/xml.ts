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

/** Letters that an element may hold, with some for each inside of it, which costs more than it says. */
const maxHeld = 64 * 1024 * 1024;
const perElement = 100;
/** Letters of one tag, with its attributes. */
const maxTag = 1024 * 1024;

interface Open {
  readonly name: string;
  readonly written: string;
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: XmlElement[];
  /** The list that its children are the entries of, which are not kept. */
  readonly list: string | undefined;
  /** The list that it is an entry of, and what was held when it began. */
  readonly entryOf: string | undefined;
  readonly held: number;
  text: string;
}

/** What may come next: text, then one of comment, CDATA, instruction, declaration, end or start of an element. */
const token =
  /([^<]*)(?:<!--[\s\S]*?-->|<!\[CDATA\[([\s\S]*?)\]\]>|<\?[\s\S]*?\?>|(<!(?!--|\[CDATA\[))|<\/([^\s<>/]+)\s*>|<([^\s<>/!?]+)((?:\s+[^\s=<>/]+\s*=\s*(?:"[^"<]*"|'[^'<]*'))*)\s*(\/?)>)/y;

export interface XmlOptions {
  /** Children of the root that are lists: each entry is given by itself, and none of them is kept. */
  readonly lists: ReadonlySet<string>;
  /**
   * A list inside of the entries of a list that is taken apart, too; however deep, where both have one name. Its
   * entries come before what they are in.
   */
  readonly nested?: { readonly inside: string; readonly key: string };
  /** Letters that may be held at once. */
  readonly most?: number;
}

/**
 * Reads XML 1.0 as documents about components have it: elements, attributes, text. It follows no address and takes no document type
 * declaration, so that no entity grows. Throws `BomError('bom/document')` for what is broken.
 */
export function readXml(source: string): XmlElement {
  const xml = new XmlPieces(() => {}, { lists: new Set(), most: Number.POSITIVE_INFINITY });
  xml.push(source);
  return xml.end();
}

/** The same of any size: what it holds is what has not ended, and what is in no list. */
export class XmlPieces {
  readonly #entry: (list: string, element: XmlElement) => void;
  readonly #options: XmlOptions;
  readonly #most: number;
  readonly #outside: Open = {
    ...{ name: '', written: '', attributes: new Map(), children: [], text: '' },
    ...{ list: undefined, entryOf: undefined, held: 0 },
  };
  readonly #open: Open[] = [this.#outside];
  /** Letters of what is held. */
  #held = 0;
  #rest = '';
  #hasBegun = false;
  /** What must come before anything can be read of the rest, and the last letters of what was looked through for it. */
  #awaited: { readonly end: string; readonly seen: string } | undefined;

  /** `entry` is given each entry of a list, without the list that it has inside by `nested`. */
  constructor(entry: (list: string, element: XmlElement) => void, options: XmlOptions) {
    this.#entry = entry;
    this.#options = options;
    this.#most = options.most ?? maxHeld;
  }

  /** Takes the next letters. */
  push(text: string): void {
    const more = this.#hasBegun ? text : text.replace(/^\uFEFF/, '');
    this.#hasBegun ||= text !== '';
    this.#rest += more;
    const awaited = this.#awaited;
    if (awaited !== undefined && !(awaited.seen + more).includes(awaited.end)) {
      this.#awaited = { end: awaited.end, seen: (awaited.seen + more).slice(-2) };
      if (this.#rest.length > this.#most) throw tooLong();
      return;
    }
    const last = this.#rest.lastIndexOf('>') + 1;
    const at = last === 0 ? 0 : this.#read(this.#rest.slice(0, last));
    this.#rest = this.#rest.slice(at);
    const begun = this.#rest.indexOf('<');
    const end = endings.find(([start]) => begun !== -1 && this.#rest.startsWith(start, begun))?.[1] ?? '>';
    if (end === '>' && begun !== -1 && this.#rest.length - begun > maxTag) throw tooLong();
    if (this.#rest.length > this.#most) throw tooLong();
    this.#awaited = { end, seen: this.#rest.slice(-2) };
  }

  /** The root without its lists, when all was given. */
  end(): XmlElement {
    const [root, ...more] = this.#outside.children;
    const isWhole = this.#open.length === 1 && (this.#outside.text + this.#rest).trim() === '';
    if (root === undefined || more.length > 0 || !isWhole)
      throw broken('it ends in the middle, or has no root');
    return root;
  }

  /** Returns how far it could be read. */
  #read(text: string): number {
    let at = 0;
    token.lastIndex = 0;
    for (let match = token.exec(text); match !== null; match = token.exec(text)) {
      at = token.lastIndex;
      const [, between = '', data, declaration, end, start, attributes = '', closed] = match;
      const inner = this.#inner();
      // What stands between the entries of a list says nothing.
      if (inner.list === undefined) this.#text(inner, decoded(between) + (data ?? ''));
      if (declaration !== undefined) throw broken('it declares a document type, which is not read');
      if (end !== undefined) this.#close(end);
      else if (start !== undefined) {
        this.#begin(start, attributes);
        if (closed === '/') this.#close(start);
        else if (this.#open.length > maxDepth) throw broken(`it is more than ${maxDepth} elements deep`);
      }
    }
    return at;
  }

  #inner(): Open {
    return this.#open.at(-1) ?? this.#outside;
  }

  #text(inner: Open, text: string): void {
    if (text === '') return;
    inner.text += text;
    this.#hold(text.length);
  }

  #hold(letters: number): void {
    this.#held += letters;
    if (this.#held > this.#most) throw tooLong();
  }

  #begin(written: string, attributes: string): void {
    const around = this.#inner();
    const name = local(written);
    const { lists, nested } = this.#options;
    const isList =
      this.#open.length === 2
        ? lists.has(name)
        : nested !== undefined && name === nested.key && around.entryOf === nested.inside;
    const held = this.#held;
    this.#hold(attributes.length + perElement);
    this.#open.push({
      ...{ name, written, attributes: attributesOf(attributes), children: [], text: '' },
      ...{ list: isList ? name : undefined, entryOf: around.list, held },
    });
  }

  #close(written: string): void {
    const inner = this.#inner();
    if (inner === this.#outside || inner.written !== written)
      throw broken(`</${written.slice(0, 100)}> ends nothing`);
    this.#open.pop();
    if (inner.entryOf === undefined) this.#inner().children.push(inner);
    else {
      this.#held = inner.held;
      this.#entry(inner.entryOf, inner);
    }
  }
}

/** What ends other things than tags. */
const endings = [
  ['<!--', '-->'],
  ['<![CDATA[', ']]>'],
  ['<?', '?>'],
] as const;

function local(name: string): string {
  return name.slice(name.indexOf(':') + 1);
}

const noAttributes: ReadonlyMap<string, string> = new Map();

function attributesOf(text: string): ReadonlyMap<string, string> {
  if (text === '') return noAttributes;
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

function tooLong(): BomError {
  return broken(`something in it is too long`);
}
