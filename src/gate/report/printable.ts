import { stripVTControlCharacters } from 'node:util';

/** Text from outside, made safe to print: a hostile reason moves no cursor and forges no line. */
export function printable(text: string): string {
  return stripVTControlCharacters(text)
    .replaceAll(/[\r\n\t]+/g, ' ')
    .replaceAll(/[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/gu, '�');
}
