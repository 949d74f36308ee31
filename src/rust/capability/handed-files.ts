/** What programs do with files, variables and secrets that their arguments name. */
import { commaParts } from '../attribute.ts';
import { inside, isSign, isWord, type TokenRange, type Tokens } from '../tokens.ts';
import type { ChainCall } from './call.ts';
import { readingOf } from './environment.ts';
import { type Claim, secretIn } from './files.ts';
import type { OriginFinder } from './origins/finder.ts';
import type { Origins } from './origins/walk.ts';
import { baseName } from './programs.ts';
import { nameIn } from './tuples.ts';

/** What is done where something is written to a path. */
export type WritesTo = (origins: Origins) => readonly Claim[];

/**
 * What is claimed of the files that `program` is handed by the calls behind it: written where it is one that writes,
 * read where it is a secret; of the variables that it prints, and of what it has kept for later.
 */
export function fileClaims(
  tokens: Tokens,
  program: string,
  calls: readonly ChainCall[],
  finder: OriginFinder,
  writesTo: WritesTo,
): readonly Claim[] {
  const name = baseName(program);
  const parts = calls.flatMap(({ method, open }) =>
    method === 'arg' || method === 'args' ? listedAt(tokens, open, finder) : [],
  );
  const given = parts.map((range) => finder.of(tokens, range));
  const texts = given.flatMap((origins) => origins.texts);
  return [
    ...given.flatMap((origins): readonly Claim[] => {
      const secret = secretIn(origins);
      return secret === undefined ? [] : [secret];
    }),
    ...writtenBy(name, given).flatMap(writesTo).filter(isElsewhere),
    ...copiedTo(name, texts),
    ...printed(name, texts),
    ...kept(name, texts),
  ];
}

/**
 * `.arg(a)`, `.args([a, b])`, `.args(&["a"])`, `.args(vec![a])`, `.args(&list)`: each argument; of another list all of
 * it together.
 */
function listedAt(tokens: Tokens, open: number, finder: OriginFinder): readonly TokenRange[] {
  const { from, to } = inside(tokens, open);
  const name = nameIn(tokens, { from, to });
  if (name !== undefined) {
    const [list, ...added] = finder
      .boundTo(tokens, to - 1, name, maxAdded)
      .filter((one) => one.tokens === tokens);
    const isGrown = list !== undefined && added.every(({ adds }) => adds === 'path' || adds === 'more');
    if (list !== undefined && list.adds === undefined && isGrown)
      return [...listedIn(tokens, list.value), ...added.map(({ value }) => value)];
    return [{ from, to }];
  }
  return listedIn(tokens, { from, to });
}

/** What is added to a list by statements, as far as it is looked at. */
const maxAdded = 16;

/** The parts of a list that stands there, or all of it. */
function listedIn(tokens: Tokens, { from, to }: TokenRange): readonly TokenRange[] {
  let at = from;
  while (isSign(tokens, at, '&')) at++;
  if (isWord(tokens, at, 'vec') && isSign(tokens, at + 1, '!')) at += 2;
  const isWhole = isSign(tokens, at, '[') && tokens.partners[at] === to - 1;
  return isWhole ? commaParts(tokens, inside(tokens, at)) : [{ from, to }];
}

/** Programs that write to what they name last, and those that write to all that they name, or remove it. */
const intoLast = /^(?:cp|mv|ln|install|rsync)$/;
const intoAll = /^(?:tee|mkdir|touch|rm|rmdir|truncate|shred|unlink)$/;

function writtenBy(name: string, given: readonly Origins[]): readonly Origins[] {
  const files = given.filter(({ texts }) => texts[0]?.startsWith('-') !== true);
  if (intoAll.test(name)) return files;
  return intoLast.test(name) && files.length > 1 ? files.slice(-1) : [];
}

/** Only what surely lies elsewhere: of a path that is not known, whoever runs the program says nothing. */
function isElsewhere([kind, , name = '']: Claim): boolean {
  return kind === 'writes' && /^(?:[/~$]|home$|above |[A-Z_]+$)/.test(name);
}

/** `env`, `printenv NPM_TOKEN`. */
function printed(name: string, texts: readonly string[]): readonly Claim[] {
  if (name !== 'env' && name !== 'printenv') return [];
  if (texts.every((text) => /^(?:-[0z]|--null)$/.test(text)))
    return [['reads-all-variables', 'likely', name]];
  if (name === 'env') return [];
  return texts.flatMap((text) => readingOf(text).map((kind): Claim => [kind, 'certain', text]));
}

/** By what words programs tell what they keep for others, or keep something that runs later. */
const keeping: readonly (readonly [program: RegExp, words: RegExp, kind: 'reads-secret-file' | 'writes'])[] =
  [
    [/^git$/, /^credential$/, 'reads-secret-file'],
    [/^security$/, /^find-(?:generic|internet)-password$|^dump-keychain$/, 'reads-secret-file'],
    [/^secret-tool$/, /^(?:lookup|search)$/, 'reads-secret-file'],
    [/^gh$/, /^token$/, 'reads-secret-file'],
    [/^gcloud$/, /^print-(?:access|identity)-token$/, 'reads-secret-file'],
    [/^gpg2?$/, /^--export-secret/, 'reads-secret-file'],
    [/^crontab$/, /^(?!-l$)/, 'writes'],
    [/^systemctl$/, /^(?:enable|start|link|reenable)$/, 'writes'],
    [/^launchctl$/, /^(?:load|bootstrap|submit|enable)$/, 'writes'],
    [/^schtasks$/, /^\/create$/i, 'writes'],
    [/^reg$/, /^(?:add|import|copy|restore)$/i, 'writes'],
    [/^defaults$/, /^(?:write|import)$/, 'writes'],
    [/^setx$/, /^/, 'writes'],
  ];

/** `dd of=/etc/x`. */
function copiedTo(name: string, texts: readonly string[]): readonly Claim[] {
  if (name !== 'dd') return [];
  return texts.flatMap((text): readonly Claim[] => {
    const [, path] = /^of=([/~].+)$/.exec(text) ?? [];
    return path === undefined ? [] : [['writes', 'certain', path]];
  });
}

function kept(name: string, texts: readonly string[]): readonly Claim[] {
  return keeping.flatMap(([program, words, kind]): readonly Claim[] =>
    program.test(name) && texts.some((text) => words.test(text)) ? [[kind, 'likely', name]] : [],
  );
}
