/**
 * What does not show, or shows text in another order than it stands (Unicode: `Default_Ignorable_Code_Point`, `Bidi_Control`, and
 * controls but the tab): it can make code read as what it is not.
 */
const hidden = /(?![\t\n])[\p{Default_Ignorable_Code_Point}\p{Bidi_Control}\p{Cc}]/u;

/** A text in pieces: as it stands, or one sign that would not show. */
export type Piece = { readonly text: string } | { readonly sign: string };

/** The text with each sign that would not show as a piece of its own, `U+202E`. */
export function pieces(text: string): readonly Piece[] {
  if (!hidden.test(text)) return text === '' ? [] : [{ text }];
  const found: Piece[] = [];
  let plain = '';
  const flush = () => {
    if (plain !== '') found.push({ text: plain });
    plain = '';
  };
  for (const char of text) {
    if (!hidden.test(char)) {
      plain += char;
      continue;
    }
    flush();
    found.push({ sign: `U+${(char.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}` });
  }
  flush();
  return found;
}
