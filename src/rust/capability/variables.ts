/** What is claimed of variables that code reads or sets. */
import { stringOf } from '../literal.ts';
import type { TokenRange, Tokens } from '../tokens.ts';
import type { CapabilityKind, Confidence } from './capability.ts';
import { readingOf } from './environment.ts';
import type { Claim } from './files.ts';
import type { OriginFinder } from './origins/finder.ts';
import { hole, spelledBy, textIn } from './spelled.ts';

/** What reading the variables says that an argument names. */
export function readClaims(names: readonly string[]): readonly Claim[] {
  return claimsOf(names, 'reads-variable', readingOf, 'certain');
}

/** What setting them does; without a variable nothing else is run or loaded. */
export function setClaims(names: readonly string[], isRemoved: boolean): readonly Claim[] {
  return claimsOf(names, 'sets-variable', () => ['sets-variable'], isRemoved ? 'possible' : 'certain');
}

/** One place that leads to many is said once, but for what a person must see. */
function claimsOf(
  names: readonly string[],
  kind: CapabilityKind,
  kindsOf: (name: string) => readonly CapabilityKind[],
  confidence: Confidence,
): readonly Claim[] {
  if (names.length === 0) return [[kind, 'likely']];
  const isMany = names.length > maxVariables;
  const claims = names.flatMap((name) =>
    kindsOf(name).flatMap((one): readonly Claim[] =>
      isMany && !telling.has(one) ? [] : [[one, confidence, name]],
    ),
  );
  return isMany ? [...claims, [kind, 'certain']] : claims;
}

/** Variables that one place may read. */
const maxVariables = 16;
const telling: ReadonlySet<CapabilityKind> = new Set(['reads-secret', 'detects-ci', 'home']);

/** The names that an argument gives a variable; none where there are too many to mean anything. */
export function variablesIn(tokens: Tokens, argument: TokenRange, finder: OriginFinder): readonly string[] {
  const texts = finder.texts(tokens, argument);
  const whole = textIn(spelledBy(finder, tokens, argument));
  // `concat!("NPM_", "TOKEN")`: its parts name nothing.
  if (argument.to - argument.from > 1 && !whole.includes(hole) && isVariable(whole) && !texts.includes(whole))
    return [whole];
  const isDirect = argument.to - argument.from === 1 && stringOf(tokens, argument.from) !== undefined;
  return texts.filter((text) => (isDirect ? text !== '' : isVariable(text)));
}

/** A text that is the name of a variable rather than of anything else. */
function isVariable(text: string): boolean {
  return /^(?:[A-Z_{][A-Za-z0-9_{}:.-]*|[a-z_]*proxy)$/.test(text) && /[A-Z]{2}|proxy|[{_]/.test(text);
}
