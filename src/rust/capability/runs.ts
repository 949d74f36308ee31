/** What is claimed of a program that is run, and what its arguments say beside. */
import { handedTo } from '../inputs/handed.ts';
import {
  after,
  inside,
  isSign,
  isSigns,
  isWord,
  nameOf,
  type TokenRange,
  type Tokens,
  tokenKind,
} from '../tokens.ts';
import { isAnotherTool } from './another-tool.ts';
import { type ChainCall, chainAfter } from './call.ts';
import type { Elsewhere } from './elsewhere.ts';
import { isNoProgram } from './environment.ts';
import { inputOf } from './fed.ts';
import type { Claim } from './files.ts';
import { redirectIn } from './flags.ts';
import { codeClaims, takesCode } from './handed-code.ts';
import { fileClaims, type WritesTo } from './handed-files.ts';
import { handedProgram, wrappedProgram } from './handed-programs.ts';
import type { OriginFinder } from './origins/finder.ts';
import type { Origins } from './origins/walk.ts';
import { baseName, downloaderIn, isKnownProgram, programKinds } from './programs.ts';

/**
 * What `Command::new(program)` does, whose arguments open at `open`, and what it is given in the same chain, or else elsewhere.
 */
export function runClaims(
  tokens: Tokens,
  open: number,
  program: TokenRange,
  finder: OriginFinder,
  elsewhere: Elsewhere,
  writesTo: WritesTo,
): readonly Claim[] {
  const origins = finder.of(tokens, program);
  const whole = origins.texts.join('');
  const isBuilt =
    origins.built && whole.length <= maxBuilt && /^[\w./\\:-]*$/.test(whole) && !whole.includes('--');
  const claims: Claim[] = [];
  if (isBuilt) claims.push(whole === '' ? ['built-name', 'likely'] : ['built-name', 'likely', whole]);
  const variables = origins.variables.filter((name) => !isNoProgram(name));
  // What is put together has no name that stands there.
  const texts = isBuilt ? [] : origins.leaves.filter(isProgram);
  // Of many texts most are something else, but none that is a program is left out.
  const isMany = variables.length > maxNames || texts.length > maxNames;
  const names = [
    ...(variables.length > maxNames ? [] : variables.map((name) => `$${name}`)),
    ...(texts.length > maxNames ? texts.filter(isKnownProgram) : texts),
  ];
  const beside = finder.of(tokens, { from: program.to, to: inside(tokens, open).to }).texts;
  const chain = chainAfter(tokens, open).filter(({ method }) => method !== 'expect');
  const textsOf = (calls: readonly ChainCall[]) =>
    calls.flatMap((call) => finder.of(tokens, inside(tokens, call.open)).texts);
  const chained = textsOf(chain);
  const handed = [...beside, ...chained];
  const kindsOf = (name: string) => (chained.length > 0 ? programKinds(name, handed) : elsewhere.kinds(name));
  const isOfCompiler =
    compilers.test(baseName(whole)) || variables.some((name) => compilerVariables.test(name));
  for (const text of handed) for (const claim of argumentClaims(text, isOfCompiler)) claims.push(claim);
  for (const name of new Set([whole, ...names]))
    for (const text of handed) {
      const argument = handedProgram(name, text);
      if (argument !== undefined) claims.push(['redirects-tools', 'likely', argument]);
    }
  if (origins.compiler) claims.push(['process', 'certain', 'the C compiler']);
  const isOnlyCompiler = origins.compiler && !origins.unknown && !origins.said && names.length === 0;
  if (isBuilt) for (const kind of kindsOf(whole)) claims.push([kind, 'likely']);
  else if (isOnlyCompiler) return claims;
  else if (names.length === 0 || isMany || origins.said || isAnotherTool(names, origins))
    claims.push(['process', 'certain']);
  for (const name of names) for (const kind of kindsOf(name)) claims.push([kind, 'certain', name]);
  // What it is told of its surroundings is no argument.
  const given = [...beside, ...textsOf(chain.filter(({ method }) => !surrounding.test(method)))];
  const isWhole =
    chain.some(({ method }) => running.test(method)) &&
    chain.every(
      ({ method, open: at }) => !/^args?$/.test(method) || isTold(finder.of(tokens, inside(tokens, at))),
    );
  // Where its arguments stand elsewhere, code that stands among them is what it runs.
  const isFed = (name: string) =>
    isWhole || handed.length > 0 || (elsewhere.handed(baseName(name))?.codes.length ?? 0) === 0;
  for (const name of names) {
    claims.push(...fileClaims(tokens, name, [...chain, ...callsOn(tokens, open, finder)], finder, writesTo));
    const input = () => (isFed(name) ? inputOf(tokens, chain, finder, elsewhere) : undefined);
    const isElsewhere = handed.length === 0 && !isWhole && takesCode(name);
    const how = isWhole ? 'whole' : handed.length === 0 ? 'elsewhere' : 'partly';
    claims.push(...codeClaims(name, isElsewhere ? undefined : given, input, how, elsewhere));
    const wrapped = wrappedProgram(name, given);
    if (wrapped === undefined) continue;
    for (const kind of programKinds(wrapped, given)) claims.push([kind, 'certain', wrapped]);
    claims.push(
      ...codeClaims(
        wrapped,
        given.slice(given.indexOf(wrapped) + 1),
        input,
        isWhole ? 'whole' : 'partly',
        elsewhere,
      ),
    );
  }
  return claims;
}

/**
 * What a command is given by later statements, where the call whose arguments open there gives it a name:
 * `let mut c = …; c.arg(x);`.
 */
function callsOn(tokens: Tokens, open: number, finder: OriginFinder): readonly ChainCall[] {
  let first = open - 1;
  while (isSigns(tokens, first - 2, '::') && nameOf(tokens, first - 3) !== undefined) first -= 3;
  const name = isSign(tokens, first - 1, '=') ? nameOf(tokens, first - 2) : undefined;
  const isLet = isWord(tokens, first - 3, 'let') || isWord(tokens, first - 3, 'mut');
  if (name === undefined || !isLet) return [];
  let end = after(tokens, open);
  while (end < tokens.count && !isSign(tokens, end, ';') && tokens.kinds[end] !== tokenKind.close)
    end = after(tokens, end);
  // Another of that name hides it.
  const isOfThis = (at: number) => finder.boundTo(tokens, at, name, 1)[0]?.at === first - 2;
  return finder
    .boundTo(tokens, end + 1, name, maxLater)
    .filter((one) => one.tokens === tokens && one.adds === 'more' && one.at > end && isOfThis(one.at))
    .flatMap(({ value }) => {
      const at = value.from - 1;
      return [{ method: nameOf(tokens, at - 1) ?? '', open: at }, ...chainAfter(tokens, at)];
    });
}

/** What is done by what is written to a command that one line says, with its arguments: `cmd!(sh, "python3 -").stdin(…)`. */
export function lineInputClaims(
  tokens: Tokens,
  open: number,
  finder: OriginFinder,
  elsewhere: Elsewhere,
): readonly Claim[] {
  const chain = chainAfter(tokens, open);
  if (!chain.some(({ method }) => method === 'stdin')) return [];
  return finder.of(tokens, inside(tokens, open)).texts.flatMap((line) => {
    const [program = '', ...given] = line.trim().split(/\s+/);
    const isCode = (handedTo(baseName(program), given)?.codes.length ?? 0) > 0;
    return isCode
      ? []
      : codeClaims(program, given, () => inputOf(tokens, chain, finder, elsewhere), 'whole', elsewhere);
  });
}

/** Whether all of an argument is known. */
function isTold({ texts, unknown, variables }: Origins): boolean {
  return texts.length > 0 && !unknown && variables.length === 0;
}

/** Statements that are looked at for one command. */
const maxLater = 64;

/** Methods of a command that give it no argument. */
const surrounding = /^(?:std(?:in|out|err)\w*|envs?|env_\w+|current_dir|dir)$/;
/** Methods that run a command with what it was given by then. */
const running = /^(?:status|output|spawn|exec|run|read|capture|join|popen)$/;

function argumentClaims(text: string, isOfCompiler: boolean): readonly Claim[] {
  const claims: Claim[] = [];
  const downloader = downloaderIn(text);
  if (downloader !== undefined) claims.push(['downloader', 'certain', downloader]);
  if (encodedFlag.test(text)) claims.push(['encoded-literal', 'likely', text]);
  const redirect = isOfCompiler ? redirectIn(text) : undefined;
  if (redirect !== undefined) claims.push(['redirects-tools', 'likely', redirect]);
  return claims;
}

/** `powershell -EncodedCommand`, and how it may be shortened. */
const encodedFlag = /^[-/]e(?:nc?|c|ncodedcommand)$/i;
/** Programs that one place may run; of what leads to more, only what surely is one is named. */
const maxNames = 6;
/** Longest name that is said to be put together. */
const maxBuilt = 64;

/** Whether a command that arguments are given to is none that flags of a compiler mean anything to. */
export function takesNoFlags({ leaves: [program = '', ...given], compiler }: Origins): boolean {
  return !compiler && others.test(baseName(program)) && !given.some((text) => compilers.test(baseName(text)));
}

/** Variables by which cargo and those who build say which compiler is run. */
const compilerVariables = /^(?:RUSTC(?:_LINKER)?|(?:(?:HOST|TARGET)_)?(?:CC|CXX|LD|NVCC)(?:_\w+)?)$/;
/** Compilers whose flags are looked at where they are run. */
const compilers = /^(?:rustc|\$RUSTC\w*|(?:[\w.]+-)*(?:cc|c\+\+|gcc|g\+\+|clang|clang\+\+|ld|lld|nvcc))$/;
/** Programs that neither compile nor hand their arguments to what does. */
const others =
  /^(?:bazel(?:isk)?|git|hg|svn|tar|unzip|zip|curl|wget|patch|cp|mv|rm|mkdir|ln|npm|yarn|pnpm|docker|podman|rustfmt)$/;

/** A text that can be the name of a program, and no part of a message. */
function isProgram(text: string): boolean {
  // `cat(normalizePath(x))` is code for another program, `..` a folder, and `PHP_CONFIG` the variable that says which.
  const isCode = /[()]/.test(text) && !/\((?:x86|\d+)\)/.test(text);
  if (isCode || /^[./]+$|^[A-Z][A-Z0-9]*_[A-Z0-9_]+$/.test(text)) return false;
  return text.length <= 256 && /^[A-Za-z./~_%][^\s{}:;,!?]*$/.test(text.trim());
}
