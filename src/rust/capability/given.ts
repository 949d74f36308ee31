/** What is claimed of tools that are given something to run, and of functions of the C library's kind. */

import type { Mention } from '../paths.ts';
import { inside, isSign, nameOf, type TokenRange, type Tokens } from '../tokens.ts';
import { nativeAct } from './acts.ts';
import { isAnotherTool, isOtherwise } from './another-tool.ts';
import { argumentOf, chainAfter } from './call.ts';
import { isNoProgram } from './environment.ts';
import type { Claim } from './files.ts';
import {
  cmakeRedirectIn,
  isFlags,
  isLoading,
  isRedirectingDefinition,
  isRunning,
  isSearchedByTools,
  redirectIn,
} from './flags.ts';
import { handedProgram } from './handed-programs.ts';
import { opening, pathArgument, runningFlags, writingFlags } from './native-acts.ts';
import type { OriginFinder } from './origins/finder.ts';
import type { Origins } from './origins/walk.ts';
import { downloaderIn, programKinds } from './programs.ts';
import type { Given } from './tool-methods.ts';

/** What a method of a tool does with what it is given; `value` is its second argument. */
export function givenClaims(
  tokens: Tokens,
  given: Given,
  first: TokenRange,
  value: TokenRange | undefined,
  finder: OriginFinder,
): readonly Claim[] {
  const of = (range: TokenRange) => finder.of(tokens, range);
  const texts = () => of(first).texts;
  switch (given) {
    case 'program':
      return programClaims(of(first), []);
    case 'flags':
      return [...texts(), of(first).texts.join('')].flatMap((text) => {
        const flag = redirectIn(text);
        return flag === undefined ? [] : [['redirects-tools', 'certain', flag] as const];
      });
    case 'cmake':
      return texts().flatMap((text) => {
        const argument = cmakeRedirectIn(text);
        return argument === undefined ? [] : [['redirects-tools', 'certain', argument] as const];
      });
    case 'definition':
      return definitionClaims(tokens, first, value, finder);
    case 'loading':
    case 'variable':
      return finder.texts(tokens, first).flatMap((name): readonly Claim[] => {
        if (isFlags(name) || name === 'GOFLAGS' || name === 'MAKEFLAGS')
          return value === undefined ? [] : flagClaims(name, of(value).texts);
        if (isLoading(name) && !(value !== undefined && isNothing(of(value))))
          return [['redirects-tools', 'certain', `${name}=${value === undefined ? '' : said(of(value))}`]];
        const own = value === undefined ? undefined : of(value);
        if (own !== undefined && isSearchedByTools(name) && isInPackage(own))
          return [['redirects-tools', 'likely', `${name}=${said(own)}`]];
        // A compiler that is found by its name is the machine's.
        const isNamed =
          own?.leaves.some((text) => /[\\/]|\s/.test(text) || !isTool(text)) || (own && isOtherwise(own));
        return given === 'variable' && isRunning(name) && own !== undefined && isNamed
          ? programClaims(own, [])
          : [];
      });
    case 'folder':
    case 'for-a-while':
    case 'command':
      return [];
  }
}

/** What flags in a variable have a tool run. */
function flagClaims(name: string, texts: readonly string[]): readonly Claim[] {
  return texts.flatMap((text): readonly Claim[] => {
    const flag =
      name === 'MAKEFLAGS'
        ? handedProgram('make', text)
        : name === 'GOFLAGS'
          ? /-toolexec[= ].*/.exec(text)?.[0]
          : redirectIn(text);
    return flag === undefined ? [] : [['redirects-tools', 'certain', `${name}=${flag}`]];
  });
}

/** Whether a variable is surely given nothing that there is. */
function isNothing({ leaves, variables, unknown }: Origins): boolean {
  return (
    leaves.length > 0 &&
    variables.length === 0 &&
    !unknown &&
    leaves.every((text) => /^(?:|\/dev\/null|nul|[01])$/i.test(text))
  );
}

/** Calls of functions that only hand a definition on, deeper than real scripts go. */
const maxHandedOn = 4;

function definitionClaims(
  tokens: Tokens,
  first: TokenRange,
  value: TokenRange | undefined,
  finder: OriginFinder,
  seen: ReadonlySet<TokenRange> = new Set(),
): readonly Claim[] {
  // A function that hands a name and its value on has both of the same call.
  const calls =
    value === undefined || seen.size >= maxHandedOn ? undefined : finder.calledWith(tokens, first, value);
  if (calls !== undefined)
    return calls
      .filter((call) => !seen.has(call.first) && !isSaidItself(call))
      .flatMap((call) =>
        definitionClaims(call.tokens, call.first, call.second, finder, new Set([...seen, call.first])),
      );
  const names = finder.of(tokens, first).texts.filter(isRedirectingDefinition);
  return names.flatMap((name) => {
    const given = value === undefined ? undefined : finder.of(tokens, value);
    // Of a list of names and values each name has its own.
    const isPair = value !== undefined && isOnePattern(tokens, first, value, finder);
    const pairs = isPair ? finder.pairedWith(name) : undefined;
    const values = pairs?.map((one) => finder.of(one.tokens, one.range)) ?? [given];
    return values
      .filter((one) => one === undefined || !isOnlyTools(one) || isOtherwise(one))
      .map((one) => ['redirects-tools', 'likely', `${name}=${one === undefined ? '' : said(one)}`] as const);
  });
}

/** Whether a call is a definition as well, which is looked at where it stands. */
function isSaidItself({ tokens, open }: { readonly tokens: Tokens; readonly open: number }): boolean {
  return nameOf(tokens, open - 1) === 'define' && isSign(tokens, open - 2, '.');
}

/** Whether two names are bound by one pattern: `for (key, value) in list`. */
function isOnePattern(tokens: Tokens, first: TokenRange, second: TokenRange, finder: OriginFinder): boolean {
  const boundTo = ({ from, to }: TokenRange) =>
    to === from + 1
      ? finder
          .boundTo(tokens, from, nameOf(tokens, from) ?? '')
          .map(({ value }) => `${value.from} ${value.to}`)
      : [];
  const [keys, values] = [boundTo(first), boundTo(second)];
  return keys.length === 1 && values.length === 1 && keys[0] === values[0];
}

function isTool(text: string): boolean {
  // One that lies where a system has its own is that of the machine.
  const name = text.trim().replace(/^\/(?:usr\/)?bin\//, '');
  return /^(?:[\w.]+-)*(?:cc|c\+\+|gcc|g\+\+|clang|clang\+\+|clang-cl|cl|ar|llvm-ar|ld|lld|emcc|em\+\+|emar|ranlib|nm)(?:-[\d.]+)?(?:\.exe)?$|^[^A-Za-z]*$|^-/.test(
    name,
  );
}

/** A program that a tool runs; what cannot be told is one all the same. */
function programClaims(origins: Origins, words: readonly string[]): readonly Claim[] {
  const names = [
    ...origins.variables.filter((name) => !isNoProgram(name)).map((name) => `$${name}`),
    ...origins.leaves.filter((text) => /^[A-Za-z./~_%\\][^\s{}:;,!?]*$/.test(text)),
  ];
  const isOther = names.length === 0 || isAnotherTool(names, origins);
  const other: readonly Claim[] = isOther ? [['process', 'likely']] : [];
  const named = names.flatMap((name) =>
    programKinds(name, words).map((kind) => [kind, 'certain', name] as const),
  );
  return [...other, ...named];
}

/** A value in short: what it begins with, and its last part. */
function said({ bases, variables, leaves }: Origins): string {
  const [base] = bases.length > 0 ? bases : variables;
  const leaf = leaves.at(-1) ?? '';
  if (base === undefined || base === '' || base === leaf) return leaf.slice(0, maxSaid);
  return `${/^[/~]/.test(base) ? base : `$${base}`}${leaf === '' ? '' : `/…/${leaf}`}`.slice(0, maxSaid);
}

const maxSaid = 80;

/** Whether a folder may be one that the package brings: what is made in OUT_DIR is made by what is looked at where it stands. */
function isInPackage({ bases, leaves, absolute }: Origins): boolean {
  if (bases.includes('CARGO_MANIFEST_DIR')) return true;
  const isRelative = absolute === undefined && bases.every((base) => base === '');
  return (
    isRelative &&
    leaves.some((text) => /^\.{0,2}[\\/]|^[\w.-]+[\\/]|^\.{1,2}(?::|$)/.test(text) && !/^[\\/]/.test(text))
  );
}

function isOnlyTools({ leaves, variables, unknown }: Origins): boolean {
  return leaves.length > 0 && leaves.every(isTool) && variables.length === 0 && !unknown;
}

/** A command that a tool gives, ready to run: what it is given beside. */
export function commandClaims(tokens: Tokens, open: number, finder: OriginFinder): readonly Claim[] {
  const calls = chainAfter(tokens, open).filter(({ method }) => !/^(?:unwrap|expect)$/.test(method));
  // What it is called is asked for, and nothing is run.
  if (/^get_(?:program|args|envs)$/.test(calls[0]?.method ?? '')) return [];
  const words = calls.flatMap((call) => finder.of(tokens, inside(tokens, call.open)).texts);
  const downloaders = words.flatMap((word) => downloaderIn(word) ?? []);
  return [
    ['process', 'likely', 'a tool of the compiler'],
    ...downloaders.map((name) => ['downloader', 'certain', name] as const),
  ];
}

/** What a call does with a file by its path and flags, or maps so that it can run. */
export function nativeClaims(
  { module: { tokens }, path }: Mention,
  open: number | undefined,
  act: 'native-file' | 'map',
  finder: OriginFinder,
  files: (how: 'read' | 'write', origins: Origins | undefined) => readonly Claim[],
): readonly Claim[] {
  if (open === undefined) return act === 'map' ? [] : files('write', undefined);
  const words = wordsIn(tokens, inside(tokens, open));
  if (act === 'map')
    return words.some((word) => runningFlags.has(word)) ? [['data-as-code', 'likely', 'mmap']] : [];
  const name = path.at(-1) ?? '';
  const argument = argumentOf(tokens, open, pathArgument.get(name) ?? 0);
  const origins = argument === undefined ? undefined : finder.of(tokens, argument);
  if (!opening.test(name)) return files('write', origins);
  const mode = /^f(?:re)?open/.test(name) ? argumentOf(tokens, open, 1) : undefined;
  const isWritten =
    mode === undefined
      ? words.some((word) => writingFlags.has(word))
      : finder.of(tokens, mode).texts.some((text) => /[wa+]/.test(text));
  return files(isWritten ? 'write' : 'read', origins);
}

/** `libc::syscall(SYS_execve, …)`: what the function of that name does, where there is one; in any case it is one by number. */
export function syscallClaims(tokens: Tokens, first: TokenRange | undefined): readonly Claim[] {
  const claims: Claim[] = [['foreign-code', 'certain', 'syscall']];
  for (const word of first === undefined ? [] : wordsIn(tokens, first)) {
    const name = /^(?:SYS|__NR)_(\w+)$/.exec(word)?.[1];
    const act = name === undefined ? undefined : nativeAct(name);
    if (act?.act === 'program') claims.push(['process', 'certain']);
    else if (act?.act === 'is')
      claims.push(act.name === undefined ? [act.kind, 'certain'] : [act.kind, 'certain', act.name]);
  }
  return claims;
}

function wordsIn(tokens: Tokens, { from, to }: TokenRange): readonly string[] {
  const words: string[] = [];
  for (let at = from; at < to; at++) {
    const name = nameOf(tokens, at);
    if (name !== undefined) words.push(name);
  }
  return words;
}
