import { readingOf } from '../capability/environment.ts';
import { codePatterns } from './code-patterns.ts';
import { interpreterOf, type Language } from './language.ts';
import { linesOf } from './lines.ts';
import type { CodePattern } from './patterns/pattern.ts';
import { type FileSaid, type Said, together } from './said.ts';

type Command = (text: string, line: number) => FileSaid;

const comments: Readonly<Partial<Record<Language, RegExp>>> = {
  node: /^\s*(?:\/\/|\*|\/\*)/,
  'other-script': /^\s*(?:#|dnl\b|--|;)/,
};

/**
 * What code of a language does, as far as single lines show it; `command` reads a command line that it runs, which
 * stands in a line; `first` is the line (1-based) that the text begins in.
 */
export function saidByCode(text: string, language: Language, command: Command, first = 1): FileSaid {
  return saidByPatterns(text, {
    patterns: codePatterns[language] ?? [],
    comment: comments[language] ?? /^\s*#/,
    command,
    first,
  });
}

/** The same by patterns of one's own. `comment`: lines that say nothing. */
export function saidByPatterns(
  text: string,
  {
    patterns,
    comment,
    command,
    first = 1,
  }: {
    readonly patterns: readonly CodePattern[];
    readonly comment: RegExp;
    readonly command: Command;
    readonly first?: number;
  },
): FileSaid {
  const found: Found = { said: [], workedOut: [], all: [] };
  // A run of empty lines would be gone through anew from each of them, by whatever may begin with spaces.
  const lines = linesOf(text, first).filter(({ text: own }) => own.trim() !== '' && !comment.test(own));
  const whole = lines.map(({ text: own }) => own).join('\n');
  const words = [...whole.matchAll(/["'`]([^"'`\s]{2,200})["'`]/g)].map(([, quoted = '']) => quoted);
  // Most patterns are nowhere in most texts.
  const likely = patterns.filter(({ loose }) => loose.test(whole));
  if (likely.length > 0) for (const { line, text: own } of lines) addLine(own, line, likely, found, command);
  return together([{ said: found.said, workedOut: found.workedOut, words }, ...found.all]);
}

/** What the patterns have found by now. */
interface Found {
  readonly said: Said[];
  readonly workedOut: { line: number; text: string }[];
  /** Of commands. */
  readonly all: FileSaid[];
}

/** Adds what patterns find in a line. A loop in another would be compiled for its own and thrown away with each line. */
function addLine(
  own: string,
  line: number,
  patterns: readonly CodePattern[],
  found: Found,
  command: Command,
): void {
  for (const { pattern, kind, name: fallback } of patterns) {
    const match = pattern.exec(own);
    if (match === null) continue;
    const name = match.slice(1).find((group) => group !== undefined) ?? fallback;
    const named = name === undefined ? {} : { name };
    if (kind === 'command') found.all.push(command(commandIn(own, match, name), line));
    else if (kind === 'variable') {
      if (readingOf(name ?? '').includes('reads-secret'))
        found.said.push({ kind: 'reads-secret', ...named, confidence: 'certain', line });
    } else if (kind === 'worked-out') found.workedOut.push({ line, text: own.trim() });
    else found.said.push({ kind, ...named, confidence: 'certain', line });
  }
}

/** The command that was found; where that is an interpreter in a list of words, with those behind it: `["sh", "-c", "curl x"]`. */
function commandIn(line: string, { index, 0: whole }: RegExpExecArray, first = ''): string {
  if (interpreterOf(first.replace(/^(?:\/[\w.]+)*\//, '')) === undefined) return first;
  const words = line.slice(index + whole.length).matchAll(furtherWords);
  return [first, ...[...words].map(([, double, single = '']) => quotedWord(double ?? single))].join(' ');
}

/** A word as a shell reads it. */
function quotedWord(word: string): string {
  return `'${word.replaceAll(/\\(["'\\])/g, '$1').replaceAll("'", String.raw`'\''`)}'`;
}

/** Further texts of a list, or in a list of their own: `'sh', ['-c', 'curl x']`. */
const furtherWords = /\s*,\s*(?:\[\s*)?[fbru]{0,2}(?:"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)')/gy;
