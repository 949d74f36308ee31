/** Steps over bytes of Rust source as `rustc_lexer` does; where anything is out of the ordinary they give `odd`. */

/** What one byte begins. */
export const begins = {
  other: 0,
  space: 1,
  ident: 2,
  digit: 3,
  punct: 4,
  open: 5,
  close: 6,
  quote: 7,
  tick: 8,
  slash: 9,
} as const;

export const beginning = new Uint8Array(256);
const mark = (chars: string, what: number) => {
  for (const char of chars) beginning[char.charCodeAt(0)] = what;
};
mark('\t\n\v\f\r ', begins.space);
mark('abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_', begins.ident);
mark('0123456789', begins.digit);
mark(';,.@#~?:$=!<>-&|+*^%', begins.punct);
mark('([{', begins.open);
mark(')]}', begins.close);
mark('"', begins.quote);
mark("'", begins.tick);
mark('/', begins.slash);

/** Where nothing can be said: the file is for the lexer. */
export const odd = -1;

const [tick, quote, backslash, slash, star, newline, hash, dot] = [39, 34, 92, 47, 42, 10, 35, 46];
const [lowerE, upperE, lowerR, lowerU, lowerX, plus, minus, brace] = [101, 69, 114, 117, 120, 43, 45, 123];
const [zero, underscore] = [48, 95];

/** The end of a name; `odd` where a letter beyond ASCII may belong to it. */
export function identEnd(bytes: Uint8Array, from: number): number {
  let at = from;
  for (;;) {
    const byte = bytes[at] ?? 0;
    const kind = beginning[byte];
    if (kind !== begins.ident && kind !== begins.digit) return byte < 128 ? at : odd;
    at++;
  }
}

/** A literal may end in a name: `1u8`, `"a"suffix`. */
export function suffixEnd(bytes: Uint8Array, from: number): number {
  const byte = bytes[from] ?? 0;
  if (byte >= 128) return odd;
  return beginning[byte] === begins.ident ? identEnd(bytes, from) : from;
}

/** The end of a number; a dot belongs to it where digits follow. */
export function numberEnd(bytes: Uint8Array, from: number): number {
  let end = identEnd(bytes, from);
  if (end === odd) return odd;
  if (bytes[end] === dot && beginning[bytes[end + 1] ?? 0] === begins.digit) {
    end = identEnd(bytes, end + 1);
    if (end === odd) return odd;
  }
  if (bytes[from] === zero && beginning[bytes[from + 1] ?? 0] === begins.ident) return end;
  // An exponent has digits, or the lexer refuses it.
  let at = from;
  while (beginning[bytes[at] ?? 0] === begins.digit || bytes[at] === underscore || bytes[at] === dot) at++;
  if (at >= end || (bytes[at] !== lowerE && bytes[at] !== upperE)) return end;
  const next = bytes[at + 1] ?? 0;
  const digit = next === plus || next === minus ? (bytes[at + 2] ?? 0) : next;
  return beginning[digit] === begins.digit ? end : odd;
}

/** The end of a string whose text begins there. */
export function stringEnd(bytes: Uint8Array, from: number): number {
  for (let at = from; at < bytes.length; at++) {
    const byte = bytes[at];
    if (byte === quote) return at + 1;
    if (byte === backslash) at++;
  }
  return odd;
}

/** The end of a raw string, from the first of its `#` or its quote on. */
export function rawStringEnd(bytes: Buffer, from: number): number {
  let open = from;
  while (bytes[open] === hash) open++;
  if (bytes[open] !== quote) return odd;
  const close = `"${'#'.repeat(open - from)}`;
  const end = bytes.indexOf(close, open + 1, 'latin1');
  return end === -1 ? odd : end + close.length;
}

/** The end of a character or of a lifetime, from its tick on. */
export function tickEnd(bytes: Uint8Array, from: number): number {
  const first = bytes[from + 1] ?? 0;
  if (first === backslash) return escapeEnd(bytes, from + 2);
  if (first === tick) return odd;
  if (first >= 128) {
    const width = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
    return bytes[from + 1 + width] === tick ? from + 2 + width : odd;
  }
  if (bytes[from + 2] === tick) return from + 3;
  if (beginning[first] !== begins.ident) return odd;
  const end = identEnd(bytes, from + 1);
  return end === odd || bytes[end] === tick || bytes[end] === hash ? odd : end;
}

function escapeEnd(bytes: Uint8Array, from: number): number {
  const first = bytes[from] ?? 0;
  let end = from + 1;
  if (first === lowerX) end = from + 3;
  else if (first === lowerU) {
    if (bytes[from + 1] !== brace) return odd;
    end = bytes.indexOf(125, from) + 1;
    if (end === 0 || end > from + 12) return odd;
  }
  for (let at = from; at < end; at++) if (bytes[at] === newline || (bytes[at] ?? 0) >= 128) return odd;
  return bytes[end] === tick ? end + 1 : odd;
}

/** The end of what begins with a slash: a comment, or the sign itself. */
export function slashEnd(bytes: Uint8Array, from: number): number {
  const next = bytes[from + 1];
  if (next === slash) {
    const end = bytes.indexOf(newline, from);
    return end === -1 ? bytes.length : end + 1;
  }
  if (next !== star) return from + 1;
  let depth = 1;
  for (let at = from + 2; at < bytes.length; at++) {
    const byte = bytes[at];
    if (byte === slash && bytes[at + 1] === star) {
      depth++;
      at++;
    } else if (byte === star && bytes[at + 1] === slash) {
      depth--;
      at++;
      if (depth === 0) return at + 1;
    }
  }
  return odd;
}

/** What follows a name that may be the prefix of a literal. */
export function prefixed(bytes: Buffer, start: number, end: number): number | undefined {
  const next = bytes[end];
  if (next !== quote && next !== hash && next !== tick) return undefined;
  const [first, second] = [bytes[start], bytes[start + 1]];
  const length = end - start;
  const isRaw = (length === 1 && first === lowerR) || (length === 2 && second === lowerR && first === 98);
  if (isRaw) {
    if (next === tick) return undefined;
    // `r#name` is for the caller.
    if (next === hash && length === 1 && beginning[bytes[end + 1] ?? 0] === begins.ident) return undefined;
    return rawStringEnd(bytes, end);
  }
  if (length === 1 && first === 98 && next === quote) return stringEnd(bytes, end + 1);
  if (length === 1 && first === 98 && next === tick) {
    const close = bytes[end + 1] === backslash ? escapeEnd(bytes, end + 2) : end + 3;
    return close === odd || bytes[close - 1] !== tick || bytes[end + 1] === tick ? odd : close;
  }
  // `c"…"` and `cr"…"` are strings in some editions only; `r'` and the like are for the lexer.
  const isC = first === 99 && (length === 1 || (length === 2 && second === lowerR));
  return isC && next !== tick ? odd : undefined;
}

/** The first byte at or after an offset that is no space. */
export function nextSign(bytes: Uint8Array, from: number): number {
  let at = from;
  while (beginning[bytes[at] ?? 0] === begins.space) at++;
  return at;
}
