/** Files that C, C++ and assembler put into what is made of them: `#include "x.h"`, `#embed "x"` (C23, 6.10.4), `.incbin "x"`. */
const embedding =
  /(?:\.\s*incbin|^[ \t]*#[ \t]*(?:embed|include(?:_next)?|import))[ \t]*\\?["<]([^"<>\n\\]+)/gm;
/** Words without which there is none of a place that matters. */
const heads = /incbin|embed|(?:include|import)[ \t]*["<](?:[\\/~]|[A-Za-z]:|\.\.)/;

/**
 * Whether bytes have any of the words by which something is put in from a place that matters: most source has none, and
 * needs no text.
 */
export function mayEmbed(bytes: Uint8Array): boolean {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return words.some((word) => buffer.includes(word));
}

const words = ['incbin', 'embed', '"/', '</', '"..', '"~'].map((word) => Buffer.from(word));

/** The paths of those, as they are written, and where; none where none of them can lead out of a package. */
export function embeddedPaths(text: string): readonly { readonly path: string; readonly index: number }[] {
  if (!heads.test(text)) return [];
  return [...text.matchAll(embedding)].map(({ 1: path = '', index }) => ({ path, index }));
}
