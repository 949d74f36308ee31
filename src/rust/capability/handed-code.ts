import { codePatterns } from '../inputs/code-patterns.ts';
import { type Language, languageOf } from '../inputs/language.ts';
import { saidByScript } from '../inputs/read-file.ts';
import type { Claim } from './files.ts';
import { baseName, isKnownProgram } from './programs.ts';

/** The option behind which an interpreter is given code, or whose end is code, by the interpreter's own manual. */
const options: Readonly<Partial<Record<Language, RegExp>>> = {
  shell: /^-[a-z]*c$/,
  python: /^-[a-zA-Z]*c(.*)$/s,
  perl: /^-[a-zA-Z]*[eE](.*)$/s,
  ruby: /^-[a-zA-Z]*e(.*)$/s,
  node: /^(?:-e|-p|-pe|--eval(?:=(.*))?|--print(?:=(.*))?|eval)$/s,
  powershell: /^[-/](?:c|command)$/i,
  batch: /^\/[ck]$/i,
  // PHP, Lua, osascript.
  'other-script': /^-[re]$/,
};

/** What a command line does that a shell is given, or that is parted as a shell would part it. */
export function lineClaims(line: string): readonly Claim[] {
  return claimsOf(line, 'shell', line);
}

/**
 * What code does that an interpreter is given among its arguments: `sh -c …`, `python3 -c …`, `perl -e …`. Code that does not stand
 * there is told as a shell, so that nobody says what it does not do. `given`: the texts of its arguments.
 */
export function codeClaims(program: string, given: readonly string[]): readonly Claim[] {
  const name = baseName(program);
  const language = languageOf(name);
  const option = language === undefined ? undefined : options[language];
  if (language === undefined || option === undefined) return [];
  const at = given.findIndex((text) => option.test(text));
  const found = option.exec(given[at] ?? '');
  if (found === null) return [];
  const own = found.slice(1).join('');
  const called = `${name} ${found[0].slice(0, found[0].length - own.length)}`;
  // What comes behind the code are its arguments.
  const code = own === '' ? given.slice(at + 1).find((text) => !text.startsWith('-')) : own;
  if (code === undefined) return [['shell', 'certain', called]];
  // To cmd.exe all that follows is one line; a name that stands alone is a file as well as a program.
  if (language === 'batch' && !/\s/.test(code) && !isKnownProgram(code)) return [];
  return claimsOf(
    language === 'batch' ? given.slice(given.indexOf(code, at)).join(' ') : code,
    language,
    called,
  );
}

/** Whether a program takes code that is looked through line by line, so that texts which are none say nothing. */
export function takesCode(program: string): boolean {
  const language = languageOf(baseName(program));
  return language !== undefined && Object.hasOwn(codePatterns, language) && Object.hasOwn(options, language);
}

function claimsOf(code: string, language: Language, called: string): readonly Claim[] {
  const { said, workedOut } = saidByScript(code, language);
  // A file in /tmp has no name of its own here: to say it would have every such file expected where a build is observed.
  const told = said.filter(({ kind }) => kind !== 'temp');
  return [
    ...told.map(
      ({ kind, confidence, name }): Claim =>
        name === undefined ? [kind, confidence] : [kind, confidence, name],
    ),
    ...(workedOut.length > 0 ? [['shell', 'certain', called] as const] : []),
  ];
}
