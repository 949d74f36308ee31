import { readingOf } from '../capability/environment.ts';
import { saidByCmake } from './cmake.ts';
import { codePatterns } from './code-patterns.ts';
import { saidByCommands, saidByText } from './command-meaning.ts';
import type { Language } from './language.ts';
import { linesOf } from './lines.ts';
import { saidByM4 } from './m4.ts';
import { saidByMakefile } from './makefile.ts';
import { nativePatterns } from './patterns/native.ts';
import type { CodePattern } from './patterns/pattern.ts';
import { type FileSaid, nothingSaid, type Said, together } from './said.ts';
import { maxScript, shellScript } from './shell-commands.ts';

/** What a script says, in whatever language; of one that is too long, that nobody read it. */
export function saidByScript(text: string, language: Language): FileSaid {
  if (text.length > maxScript)
    return { ...nothingSaid, workedOut: [{ line: 1, text: `${text.length} characters` }] };
  switch (language) {
    case 'shell':
      return saidByCommands(shellScript(text));
    case 'make':
      return saidByMakefile(text);
    case 'cmake':
      return saidByCmake(text);
    case 'm4':
      return saidByAutoconf(text);
    case 'ninja':
      return together(
        linesOf(text).map(({ line, text: own }) =>
          saidByText(/^\s*command\s*=\s*(.*)$/.exec(own)?.[1] ?? '', line),
        ),
      );
    case 'batch':
      return together(
        linesOf(text).map(({ line, text: own }) =>
          saidByText(/^\s*(?:rem\b|::)/i.test(own) ? '' : batchLine(own), line),
        ),
      );
    default:
      return saidByPatterns(text, codePatterns[language] ?? [], comments[language] ?? /^\s*#/);
  }
}

/** Beside the shell in it, what macros of its own are given is looked through as any other script. */
function saidByAutoconf(text: string): FileSaid {
  const own = saidByM4(text);
  const seen = new Set(own.said.map(({ kind, line }) => `${kind} ${line}`));
  const { said, workedOut, words } = saidByPatterns(
    text.replaceAll(messages, (found) => found.replaceAll(/[^\n]/g, ' ')),
    codePatterns['other-script'] ?? [],
    /^\s*(?:#|dnl\b)/,
  );
  const more = said.filter(({ kind, line }) => !seen.has(`${kind} ${line}`));
  return together([own, { said: more, workedOut, words }]);
}

/** What macros only say. */
const messages = /\bA[CS]_(?:MSG_\w+|HELP_STRING|ECHO\w*)\(\[[^\]]*\]/g;

/** What C that is compiled and run does. */
export function saidByNative(text: string): FileSaid {
  return text.length > maxScript
    ? nothingSaid
    : saidByPatterns(withoutComments(text), nativePatterns, /^\s*$/);
}

/** C and C++ without their comments, line for line; texts, raw ones too, stay what they are. */
function withoutComments(text: string): string {
  return text.replace(
    /R"([^()\\\s]{0,16})\([\s\S]*?\)\1"|\/\*[\s\S]*?(?:\*\/|$)|\/\/[^\n]*|"(?:\\[\s\S]|[^"\\\n])*"|'(?:\\[^\n][^'\n]{0,8}|[^'\\\n])'/g,
    (found) => (found.startsWith('/') ? found.replaceAll(/[^\n]/g, ' ') : found),
  );
}

const comments: Readonly<Partial<Record<Language, RegExp>>> = {
  node: /^\s*(?:\/\/|\*|\/\*)/,
  'other-script': /^\s*(?:#|dnl\b|--|;)/,
};

function saidByPatterns(text: string, patterns: readonly CodePattern[], comment: RegExp): FileSaid {
  const found: Found = { said: [], workedOut: [], all: [] };
  const lines = linesOf(text).filter(({ text: own }) => !comment.test(own));
  const whole = lines.map(({ text: own }) => own).join('\n');
  const words = [...whole.matchAll(/["'`]([^"'`\s]{2,200})["'`]/g)].map(([, quoted = '']) => quoted);
  // Most patterns are nowhere in most texts.
  const likely = patterns.filter(({ loose }) => loose.test(whole));
  if (likely.length > 0) for (const { line, text: own } of lines) addLine(own, line, likely, found);
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
function addLine(own: string, line: number, patterns: readonly CodePattern[], found: Found): void {
  for (const { pattern, kind, name: fallback } of patterns) {
    const match = pattern.exec(own);
    if (match === null) continue;
    const name = match.slice(1).find((group) => group !== undefined) ?? fallback;
    const named = name === undefined ? {} : { name };
    if (kind === 'command') found.all.push(saidByText(commandIn(own, match, name), line));
    else if (kind === 'variable') {
      if (readingOf(name ?? '').includes('reads-secret'))
        found.said.push({ kind: 'reads-secret', ...named, confidence: 'certain', line });
    } else if (kind === 'worked-out') found.workedOut.push({ line, text: own.trim() });
    else found.said.push({ kind, ...named, confidence: 'certain', line });
  }
}

/** The command that was found; where that is a shell in a list of words, with those behind it: `["sh", "-c", "curl x"]`. */
function commandIn(line: string, { index, 0: whole }: RegExpExecArray, first = ''): string {
  if (!/^(?:\/\w+)*\/?(?:ba|da|z|k)?sh$/.test(first)) return first;
  const words = line.slice(index + whole.length).matchAll(furtherWords);
  return [first, ...[...words].map(([, double, single = '']) => quotedWord(double ?? single))].join(' ');
}

/** A word as a shell reads it. */
function quotedWord(word: string): string {
  return `'${word.replaceAll(/\\(["'\\])/g, '$1').replaceAll("'", String.raw`'\''`)}'`;
}

/** Further texts of a list, or in a list of their own: `'sh', ['-c', 'curl x']`. */
const furtherWords = /\s*,\s*(?:\[\s*)?[fbru]{0,2}(?:"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)')/gy;

/** What a shell would read of a line of cmd.exe. */
function batchLine(line: string): string {
  return line
    .replaceAll('\\', '/')
    .replaceAll(/%~?(\w+)%?/g, (_, name: string) => `\${${name}}`)
    .replace(/^\s*@/, '')
    .replaceAll("'", '')
    .replace(/^\s*(?:if|for)\b.*?\b(?=(?:curl|certutil|bitsadmin|powershell|pwsh|wget|start|call)\b)/i, '')
    .replace(/^\s*(?:start|call|cmd\s+\/c)\s+(?:""\s+|\/\w+\s+)*/i, '');
}
