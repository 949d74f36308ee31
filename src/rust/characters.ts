/** What characters of Rust source begin, as its lexer tells them apart (The Rust Reference, "Lexical structure"). */
export const characterClass = {
  other: 0,
  space: 1,
  ident: 2,
  digit: 3,
  punct: 4,
  open: 5,
  close: 6,
  string: 7,
  tick: 8,
  slash: 9,
} as const;

/** The class of each character of ASCII. */
export const classOf = new Uint8Array(128);
/** 1 for each character of ASCII that a name goes on with. */
export const continuesName = new Uint8Array(128);

const letters = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_';
const rows: readonly (readonly [chars: string, of: number])[] = [
  ['\t\n\v\f\r ', characterClass.space],
  [letters, characterClass.ident],
  ['0123456789', characterClass.digit],
  [';,.@#~?:$=!<>-&|+*^%', characterClass.punct],
  ['([{', characterClass.open],
  [')]}', characterClass.close],
  ['"', characterClass.string],
  ["'", characterClass.tick],
  ['/', characterClass.slash],
];
for (const [chars, of] of rows) for (const char of chars) classOf[char.charCodeAt(0)] = of;
for (const char of `${letters}0123456789`) continuesName[char.charCodeAt(0)] = 1;

/** `Pattern_White_Space` beyond ASCII. */
export const wideSpace = /[\u0085\u200e\u200f\u2028\u2029]/;
const identStart = /[\p{XID_Start}_]/u;
const identContinue = /\p{XID_Continue}/u;

/** Whether a name may begin with a code point; none is at the end of a text. */
export function startsName(point: number | undefined): boolean {
  return point !== undefined && identStart.test(String.fromCodePoint(point));
}

/** Whether a name may go on with a code point. */
export function goesOnWith(point: number): boolean {
  return identContinue.test(String.fromCodePoint(point));
}
