/**
 * Text that people or archives made, for one line of plain text: what moves a cursor, breaks a line, turns its direction or is not
 * to be seen is written as an escape, so that nothing of it acts and nothing is hidden.
 */
export function oneLine(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Co}\u2028\u2029\u115f\u1160\u3164\uffa0]/gu, (character) => {
    const short = shortEscapes[character];
    return short ?? `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
  });
}

const shortEscapes: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };
