import { filler } from './shell.ts';

/** A quoted text of TOML or Groovy without its quotes and escapes, as long as it is with them. */
export function quotedContent(raw: string): string {
  const mark = /^(?:"""|'''|"|')/.exec(raw)?.[0] ?? '';
  const quotes = filler.repeat(mark.length);
  return quotes + raw.slice(mark.length, raw.length - mark.length) + quotes;
}

/** The same with its escapes read. */
export function unescapedContent(raw: string): string {
  return quotedContent(raw).replaceAll(/\\([\s\S])/g, (whole, one: string) => {
    if (one === 'n') return `${filler}\n`;
    if (one === 't') return `${filler} `;
    if (one === '\n') return filler + filler;
    return '"\'\\$'.includes(one) ? filler + one : whole;
  });
}
