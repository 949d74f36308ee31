import { JsonPieces, type PieceOptions } from './json-pieces.ts';

/** Takes a document bit by bit, and hands on what its lists hold. */
export interface DocumentReader {
  readonly push: (chunk: Buffer) => void;
  /** The document without its lists. */
  readonly end: () => object;
}

/** Reads JSON: each entry of its lists is handed on, and of its other members those of `kept` are given at the end. */
export function jsonDocument(
  entry: (list: string, value: unknown) => void,
  kept: readonly string[],
  options: PieceOptions,
): DocumentReader {
  const members = new Map<string, unknown>();
  const member = (key: string, value: unknown) => {
    if (kept.includes(key)) members.set(key, value);
  };
  const json = new JsonPieces({ entry, member }, options);
  return {
    push: (chunk) => json.push(chunk),
    end: () => {
      json.end();
      return Object.fromEntries(members);
    },
  };
}

/** Reads a text in UTF-8, whose signs may be cut in two by chunks. */
export function textDocument(text: { push: (text: string) => void; end: () => object }): DocumentReader {
  const decoder = new TextDecoder();
  return {
    push: (chunk) => text.push(decoder.decode(chunk, { stream: true })),
    end: () => {
      text.push(decoder.decode());
      return text.end();
    },
  };
}
