import { BomError } from '../error.ts';

/** What is found in a JSON object that is read bit by bit. */
export interface PieceVisitor {
  /** An entry of one of the lists that are taken apart, without the list that it has below the `key` of `nested`. */
  readonly entry: (list: string, value: unknown) => void;
  /** Any other member of the object. */
  readonly member: (key: string, value: unknown) => void;
}

export interface PieceOptions {
  /** Members of the object whose lists are taken apart: each entry is given by itself, and none of them is kept. */
  readonly lists: ReadonlySet<string>;
  /**
   * A list inside of the entries of a list that is taken apart, too; however deep, where both have one name. Its
   * entries come before what they are in.
   */
  readonly nested?: { readonly inside: string; readonly key: string };
}

/** Texts and entries may be so long, in bytes: longer ones are nothing of a component. */
const maxPiece = 64 * 1024 * 1024;
/** Entries in entries. */
const maxDepth = 1000;

/** A value whose bytes are collected until it is whole. */
interface Piece {
  /** The list that it is an entry of, or the key that it is under. */
  readonly list: string | undefined;
  readonly key: string;
  readonly isObject: boolean;
  readonly collected: Buffer[];
  size: number;
  /** Where it goes on in the bytes at hand; -1 while a list inside of it is taken apart. */
  from: number;
  depth: number;
}

const [quote, colon, comma, backslash] = [0x22, 0x3a, 0x2c, 0x5c];
const byteOrderMark = [0xef, 0xbb, 0xbf];
const [openBrace, closeBrace, openBracket, closeBracket] = [0x7b, 0x7d, 0x5b, 0x5d];

/**
 * Reads a JSON object of any size without holding it: its bytes are gone through once, and what is whole is parsed by
 * itself. Throws `BomError('bom/document')` for what is no JSON object.
 */
export class JsonPieces {
  readonly #visitor: PieceVisitor;
  readonly #lists: ReadonlySet<string>;
  readonly #nested: PieceOptions['nested'];
  readonly #nestedKey: Buffer;
  /** Values that are open, the innermost last. */
  readonly #pieces: Piece[] = [];
  /** Lists that are open, with how many pieces were open when they began. */
  readonly #open: { readonly list: string; readonly pieces: number }[] = [];
  #rest: Buffer = Buffer.alloc(0);
  #place: 'before' | 'object' | 'after' = 'before';
  /** In the object itself: what was read last. In a list: whether an entry or a comma was. */
  #last: 'begin' | 'key' | 'colon' | 'value' | 'comma' = 'begin';
  #key = '';
  /** In an entry: how far the beginning of a nested list was read. */
  #hint: 'none' | 'key' | 'colon' = 'none';

  constructor(visitor: PieceVisitor, { lists, nested }: PieceOptions) {
    this.#visitor = visitor;
    this.#lists = lists;
    this.#nested = nested;
    this.#nestedKey = Buffer.from(nested?.key ?? '');
  }

  /** Takes the next bytes. They are not kept, but for what has not ended. */
  push(chunk: Buffer): void {
    const bytes = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    const end = this.#scan(bytes);
    for (const piece of this.#pieces) {
      if (piece.from === -1) continue;
      this.#collect(piece, bytes.subarray(piece.from, end));
      piece.from = 0;
    }
    this.#rest = Buffer.from(bytes.subarray(end));
    if (this.#rest.length > maxPiece) throw broken(`a text in it is longer than ${maxPiece} bytes`);
  }

  /** There are no more bytes. */
  end(): void {
    if (this.#place !== 'after' || this.#rest.length > 0) throw broken('it ends in the middle');
  }

  /** Returns where it stopped: at the end, or at a text that goes on. */
  #scan(bytes: Buffer): number {
    let at = 0;
    while (at < bytes.length) {
      const byte = bytes[at] ?? 0;
      if (byte === quote) {
        const end = endOfText(bytes, at + 1);
        if (end === -1) return at;
        this.#text(bytes, at, end);
        at = end + 1;
        continue;
      }
      const piece = this.#pieces.at(-1);
      if (piece === undefined || piece.from === -1) this.#outside(byte, at, bytes);
      else this.#inside(piece, byte, at, bytes);
      at++;
    }
    return at;
  }

  #text(bytes: Buffer, at: number, end: number): void {
    const piece = this.#pieces.at(-1);
    if (piece !== undefined && piece.from !== -1) {
      if (piece.depth !== 1 || !piece.isObject || piece.list === undefined) return;
      if (piece.list !== this.#nested?.inside) return;
      this.#hint = this.#nestedKey.equals(bytes.subarray(at + 1, end)) ? 'key' : 'none';
      return;
    }
    const isKey = this.#open.length === 0 && this.#place === 'object' && this.#last !== 'colon';
    if (isKey) {
      if (this.#last !== 'begin' && this.#last !== 'comma') throw broken('a comma is missing');
      this.#key = parsed(bytes.subarray(at, end + 1)) as string;
      this.#last = 'key';
      return;
    }
    this.#begin(at, false);
    const text = this.#pieces.at(-1);
    if (text !== undefined) this.#finish(text, bytes, end + 1);
  }

  /** A byte of the object itself, or of a list that is taken apart. */
  #outside(byte: number, at: number, bytes: Buffer): void {
    if (isSpace(byte)) return;
    if (this.#place === 'before') {
      if (byteOrderMark.includes(byte)) return;
      if (byte !== openBrace) throw broken('it is no object');
      this.#place = 'object';
    } else if (this.#place === 'after') throw broken('something follows its end');
    else if (byte === comma) {
      if (this.#last !== 'value') throw broken('there is a comma too many');
      this.#last = 'comma';
    } else if (byte === colon) {
      if (this.#last !== 'key') throw broken('there is a colon too many');
      this.#last = 'colon';
    } else if (byte === closeBrace || byte === closeBracket) this.#close(byte, at);
    else if (
      this.#open.length === 0 &&
      byte === openBracket &&
      this.#last === 'colon' &&
      this.#lists.has(this.#key)
    )
      this.#openList(this.#key);
    else {
      this.#begin(at, byte === openBrace);
      const begun = this.#pieces.at(-1);
      if (begun !== undefined && (byte === openBrace || byte === openBracket)) begun.depth = 1;
      else if (!/[-0-9tfn]/.test(String.fromCharCode(bytes[at] ?? 0)))
        throw broken('something in it is no value');
    }
  }

  /** A byte of a value. */
  #inside(piece: Piece, byte: number, at: number, bytes: Buffer): void {
    if (piece.depth === 0) {
      // A number or a word ends where anything else begins, which is then of what is around it.
      if (!isSpace(byte) && byte !== comma && byte !== closeBrace && byte !== closeBracket) return;
      this.#finish(piece, bytes, at);
      this.#outside(byte, at, bytes);
    } else if (byte === openBrace || byte === openBracket) {
      if (byte === openBracket && piece.depth === 1 && this.#hint === 'colon') {
        this.#collect(piece, bytes.subarray(piece.from, at + 1));
        piece.from = -1;
        this.#openList(this.#nested?.key ?? '');
      } else piece.depth++;
      this.#hint = 'none';
    } else if (byte === closeBrace || byte === closeBracket) {
      if (--piece.depth === 0) this.#finish(piece, bytes, at + 1);
    } else if (byte === colon && this.#hint === 'key') this.#hint = 'colon';
    else if (!isSpace(byte)) this.#hint = 'none';
  }

  #openList(list: string): void {
    if (this.#open.length >= maxDepth) throw broken(`it is more than ${maxDepth} lists deep`);
    this.#open.push({ list, pieces: this.#pieces.length });
    this.#last = 'begin';
  }

  /** The end of a list, or of the object. */
  #close(byte: number, at: number): void {
    const list = this.#open.at(-1);
    if (byte !== (list === undefined ? closeBrace : closeBracket) || this.#last === 'comma')
      throw broken('it is closed where it may not be');
    if (list === undefined) {
      if (this.#last !== 'begin' && this.#last !== 'value') throw broken('a key in it has no value');
      this.#place = 'after';
      return;
    }
    this.#open.pop();
    const around = this.#pieces.at(-1);
    // What it is in goes on, and has an empty list there.
    if (around !== undefined) around.from = at;
    this.#last = 'value';
  }

  #begin(at: number, isObject: boolean): void {
    const list = this.#open.at(-1)?.list;
    const may = list === undefined ? this.#last === 'colon' : this.#last !== 'value';
    if (!may) throw broken('a value is where none may be');
    const isOpen = { collected: [], size: 0, from: at, depth: 0 };
    this.#pieces.push({ list, key: this.#key, isObject, ...isOpen });
    this.#hint = 'none';
  }

  #finish(piece: Piece, bytes: Buffer, end: number): void {
    const last = bytes.subarray(piece.from, end);
    this.#pieces.pop();
    if (piece.collected.length > 0) this.#collect(piece, last);
    const value = parsed(piece.collected.length > 0 ? Buffer.concat(piece.collected) : last);
    this.#last = 'value';
    if (piece.list === undefined) this.#visitor.member(piece.key, value);
    else this.#visitor.entry(piece.list, value);
  }

  /** Bytes at hand are copied where they are not used up at once: there will be others in their place. */
  #collect(piece: Piece, bytes: Buffer): void {
    piece.size += bytes.length;
    if (piece.size > maxPiece) throw broken(`something in it is longer than ${maxPiece} bytes`);
    piece.collected.push(Buffer.from(bytes));
  }
}

/** Where the quote is that ends a text; -1 where it is not there yet. */
function endOfText(bytes: Buffer, from: number): number {
  for (let at = bytes.indexOf(quote, from); at !== -1; at = bytes.indexOf(quote, at + 1)) {
    let before = at - 1;
    while (before >= from && bytes[before] === backslash) before--;
    if ((at - 1 - before) % 2 === 0) return at;
  }
  return -1;
}

function isSpace(byte: number): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}

function parsed(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch (cause) {
    throw new BomError('bom/document', `it is no JSON: ${(cause as Error).message}`, cause);
  }
}

function broken(reason: string): BomError {
  return new BomError('bom/document', `it is no JSON that is read here: ${reason}`);
}
