import { type TokenRange, type Tokens, textOf, tokenKind } from './tokens.ts';

/**
 * The text that a string literal stands for, its escapes read; of byte and C strings too, each byte as the character of
 * that number. `undefined` for a token that is no string, or has an escape that Rust does not.
 */
export function stringOf(tokens: Tokens, at: number): string | undefined {
  if (at >= tokens.count) return undefined;
  switch (tokens.kinds[at]) {
    case tokenKind.rawString:
    case tokenKind.rawByteString:
    case tokenKind.rawCString: {
      const text = textOf(tokens, at);
      const open = text.indexOf('"');
      return text.slice(open + 1, text.lastIndexOf('"')).replaceAll('\r\n', '\n');
    }
    case tokenKind.string:
    case tokenKind.byteString:
    case tokenKind.cString: {
      const text = textOf(tokens, at);
      return unescaped(text.slice(text.indexOf('"') + 1, text.lastIndexOf('"')));
    }
    default:
      return undefined;
  }
}

/** The text of a range that is one string literal and nothing else. */
export function stringIn(tokens: Tokens, { from, to }: TokenRange): string | undefined {
  return to === from + 1 ? stringOf(tokens, from) : undefined;
}

const escapes = /\\(?:\r?\n[ \t\r\n]*|x([0-9a-fA-F]{2})|u\{([0-9a-fA-F_]{1,12})\}|(.))|\r\n/gsu;
const simple: Readonly<Record<string, string>> = {
  n: '\n',
  r: '\r',
  t: '\t',
  '0': '\0',
  '\\': '\\',
  "'": "'",
  '"': '"',
};

/** The Rust Reference, "Character escapes" and "String continuation escapes". */
function unescaped(text: string): string | undefined {
  if (!text.includes('\\') && !text.includes('\r')) return text;
  let wrong = false;
  const read = text.replace(escapes, (whole, hex?: string, point?: string, letter?: string) => {
    if (hex !== undefined) return String.fromCharCode(Number.parseInt(hex, 16));
    if (point !== undefined) {
      const code = Number.parseInt(point.replaceAll('_', ''), 16);
      if (code <= 0x10ffff) return String.fromCodePoint(code);
      wrong = true;
      return '';
    }
    if (letter === undefined) return whole === '\r\n' ? '\n' : '';
    const meant = simple[letter];
    if (meant === undefined) wrong = true;
    return meant ?? '';
  });
  return wrong ? undefined : read;
}
