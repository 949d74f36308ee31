import { codePatterns } from '../inputs/code-patterns.ts';
import { type FedProgram, fedProgram } from '../inputs/fed-programs.ts';
import { fileKind } from '../inputs/file-kind.ts';
import { handedTo } from '../inputs/handed.ts';
import { interpreterOf, type Language } from '../inputs/language.ts';
import { saidByScript } from '../inputs/read-file.ts';
import type { FileSaid } from '../inputs/said.ts';
import type { Elsewhere, Input } from './elsewhere.ts';
import type { Claim } from './files.ts';
import { baseName, isKnownProgram } from './programs.ts';

/** What a command line does that a shell is given, or that is parted as a shell would part it. */
export function lineClaims(line: string): readonly Claim[] {
  return claimsOf(saidByScript(line, 'shell'), line);
}

/**
 * What code does that an interpreter is given: among its arguments (`sh -c …`, `python3 -c …`, `perl -e …`), or by its
 * input. Code that does not stand there is told as a shell, so that nobody says what it does not do. `given`: the texts
 * of its arguments, nothing where its file gives them elsewhere; `input`: what is written to it, if anything is, asked
 * for where it may run that; `how`: whether these are all its arguments in order, some of them, or any texts of a file
 * that gives them elsewhere.
 */
export function codeClaims(
  program: string,
  given: readonly string[] | undefined,
  input: () => Input | undefined,
  how: 'whole' | 'partly' | 'elsewhere',
  elsewhere: Elsewhere,
): readonly Claim[] {
  const name = nameOf(program);
  // Among arguments that stand in several places a file may come before its option.
  const handed = given === undefined ? elsewhere.handed(name) : handedTo(name, given, false);
  const readsByItself = handed?.readsInput === true;
  const reads = readsByItself
    ? undefined
    : (fedProgram(name, given ?? []) ?? (how === 'whole' ? undefined : elsewhere.fed(name)));
  const fed = reads === undefined ? [] : fedClaims(reads, `${name} -`, input(), elsewhere);
  if (handed === undefined) return fed;
  const whole = given !== undefined && how === 'whole' ? handedTo(name, given) : undefined;
  const { interpreter } = handed;
  const { language, unread } = interpreter;
  const claims: Claim[] = [...fed];
  const first = whole?.codes.filter(({ option }) => option === '') ?? [];
  const isSaid = given !== undefined || elsewhere.isTold(interpreter, 'arguments');
  for (const { option, code, from } of isSaid ? [...handed.codes, ...first] : []) {
    const called = `${name} ${option === '' ? '…' : option}`;
    if (code === undefined || unread === true) claims.push(['shell', 'certain', called]);
    // A name that stands alone is a file as well as a program.
    if (code === undefined || (language === 'batch' && isAlone((given ?? elsewhere.texts)[from] ?? '')))
      continue;
    const said = given === undefined ? elsewhere.said(code, language) : saidByScript(code, language);
    claims.push(...claimsOf(said, called));
  }
  const mayRead =
    whole?.readsInput ?? (handed.readsInput || (interpreter.input === true && how === 'elsewhere'));
  const written = mayRead ? input() : undefined;
  if (written === undefined) return claims;
  const called = `${name} -`;
  if (!elsewhere.isInput(written))
    for (const text of written.texts) claims.push(...claimsOf(saidByScript(text, language), called));
  else if (elsewhere.isTold(interpreter, 'input'))
    for (const text of written.texts) claims.push(...claimsOf(elsewhere.said(text, language), called));
  if (written.unknown || unread === true) claims.push(['shell', 'certain', called]);
  return claims;
}

/** What a program that reads code by its input alone is written, if anything is. */
function fedClaims(
  program: FedProgram,
  called: string,
  written: Input | undefined,
  elsewhere: Elsewhere,
): readonly Claim[] {
  if (written === undefined) return [];
  const isSaid = !elsewhere.isInput(written) || elsewhere.isTold(program, 'input');
  const texts = isSaid ? written.texts : [];
  return [
    ...texts.flatMap((text) => claimsOf(program.said(text), called)),
    ...(written.unknown ? [['shell', 'certain', called] as const] : []),
  ];
}

/** What a text does that is a script by its first line, `#!/bin/sh`, or by the name of the file that it is written to. */
export function scriptClaims(text: string, path = ''): readonly Claim[] {
  const kind = fileKind(path, new TextEncoder().encode(text));
  if (kind.kind !== 'script' || unrun.has(kind.language)) return [];
  return claimsOf(
    saidByScript(text, kind.language),
    path === '' ? 'a script of its own' : `${baseName(path)} of its own`,
  ).filter(([one, , name]) => one !== 'process' || (name !== undefined && isKnownProgram(name)));
}

/** Languages of lists that tools take up, which scripts write as a matter of course. */
const unrun: ReadonlySet<Language> = new Set([
  'make',
  'cmake',
  'meson',
  'ninja',
  'm4',
  'other-script',
  'node',
]);

/** Whether a program takes code that is looked through line by line, so that texts which are none say nothing. */
export function takesCode(program: string): boolean {
  const interpreter = interpreterOf(nameOf(program));
  return interpreter?.code !== undefined && Object.hasOwn(codePatterns, interpreter.language);
}

/** Whether a text is one name, and none of a program that is known. */
function isAlone(text: string): boolean {
  return !/\s/.test(text) && !isKnownProgram(text);
}

/** A variable goes by its own name. */
function nameOf(program: string): string {
  return program.startsWith('$') ? program : baseName(program);
}

function claimsOf({ said, workedOut }: FileSaid, called: string): readonly Claim[] {
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
