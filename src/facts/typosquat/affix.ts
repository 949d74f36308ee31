import { wordsOf } from './name.ts';

/** Words that say no more than "this is Rust", "this is a library", "this is the real one". */
const emptyAffixes = [
  'rs',
  'rust',
  'rst',
  'rustlang',
  'lib',
  'crate',
  'main',
  'official',
  'real',
  'original',
];

/** Words that name a part, a form or a platform of something. */
const roleAffixes = [
  ...['api', 'bin', 'binding', 'bindings', 'cli', 'client', 'common', 'core', 'derive', 'ffi', 'impl'],
  ...['macro', 'macros', 'sdk', 'server', 'service', 'sys', 'tool', 'tools', 'types', 'util', 'utils'],
  ...['helper', 'helpers', 'check', 'checker', 'dev', 'fix', 'fixed', 'new', 'next', 'plus', 'pro', 'test'],
  ...['async', 'fast', 'faster', 'simple', 'safe', 'js', 'node', 'py', 'python', 'wasm'],
  ...['linux', 'mac', 'macos', 'unix', 'win', 'windows', 'win32', 'win64'],
];

const empty: ReadonlySet<string> = new Set(emptyAffixes);
const role: ReadonlySet<string> = new Set(roleAffixes);

/** Long enough to be seen where no separator sets them apart. */
const glued = [...emptyAffixes, ...roleAffixes].filter((word) => word.length >= 4);

/** Whether the word is only ever added to a name. */
export function isAffix(word: string): boolean {
  return empty.has(word) || role.has(word);
}

/** A name that is left when affixes go. */
export interface Restem {
  /** Canonical. */
  readonly name: string;
  /** The affixes as a person would write them: `-rs`, `win-`. */
  readonly affixes: readonly string[];
  /** Whether all of them are empty words. */
  readonly empty: boolean;
}

/** The names that are left when one or two affixes are taken off. */
export function withoutAffixes(canonical: string): readonly Restem[] {
  const found: Restem[] = [];
  let level: readonly Restem[] = [{ name: canonical, affixes: [], empty: true }];
  for (let depth = 0; depth < 2; depth++) {
    level = level.flatMap(withoutOneAffix);
    found.push(...level);
  }
  return found;
}

/** An affix that a name could have lost: at its front or at its end. */
export interface Affix {
  readonly word: string;
  /** As a person would write it. */
  readonly written: string;
  readonly atFront: boolean;
  readonly empty: boolean;
}

/** Every affix, at either place. */
export const affixes: readonly Affix[] = [...emptyAffixes, ...roleAffixes].flatMap((word) => [
  { word, written: `-${word}`, atFront: false, empty: empty.has(word) },
  { word, written: `${word}-`, atFront: true, empty: empty.has(word) },
]);

/** The names that are left when one more affix is taken off. */
export function withoutOneAffix({ name, affixes, empty: allEmpty }: Restem): Restem[] {
  const words = wordsOf(name);
  const first = words[0] ?? '';
  const last = words.at(-1) ?? '';
  const rest: Restem[] = [];
  const keep = (stem: string, affix: string, isEmpty: boolean) => {
    if (stem.length >= (isAffix(stem) ? 5 : 3))
      rest.push({ name: stem, affixes: [...affixes, affix], empty: allEmpty && isEmpty });
  };
  if (words.length > 1) {
    if (isAffix(last)) keep(words.slice(0, -1).join('-'), `-${last}`, empty.has(last));
    // `-py`, `-en`, `-io`: a tail of one or two letters says little.
    else if (/^[a-z]{1,2}$/.test(last)) keep(words.slice(0, -1).join('-'), `-${last}`, false);
    if (isAffix(first)) keep(words.slice(1).join('-'), `${first}-`, empty.has(first));
  }
  // Glued on; `rs` alone ends many English words, so the rest must be long enough to be a name.
  if (last.length >= 6 && last.endsWith('rs')) keep(name.slice(0, -2), 'rs', true);
  if (first.length >= 7 && first.startsWith('lib')) keep(name.slice(3), 'lib', true);
  for (const affix of glued) {
    if (last.length >= affix.length + 4 && last.endsWith(affix))
      keep(name.slice(0, -affix.length), affix, empty.has(affix));
    if (first.length >= affix.length + 4 && first.startsWith(affix))
      keep(name.slice(affix.length), affix, empty.has(affix));
  }
  return rest;
}
