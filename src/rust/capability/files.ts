import type { CapabilityKind, Confidence } from './capability.ts';
import { isKnownVariable } from './environment.ts';
import type { Origins } from './origins.ts';

/** A capability, before it has a place. */
export type Claim = readonly [kind: CapabilityKind, confidence: Confidence, name?: string];

/** Files that one place may write; what leads to more leads anywhere. */
const maxNames = 6;

/** Where something is written (or removed), by what its path is made of; without origins nothing of the path is known. */
export function writesTo(origins: Origins | undefined): readonly Claim[] {
  if (origins === undefined) return [['writes', 'likely']];
  const { variables, texts, home, temp, rises, unknown } = origins;
  const claims: Claim[] = [];
  if (home) claims.push(['writes', 'certain', variables.find((name) => name !== 'OUT_DIR') ?? 'home']);
  if (temp) claims.push(['temp', 'certain']);
  if (variables.includes('OUT_DIR')) {
    if (rises) claims.push(['writes', 'likely', 'above OUT_DIR']);
    return [...claims, ['writes-out-dir', 'certain']];
  }
  if (variables.includes('CARGO_MANIFEST_DIR')) return [...claims, ['writes-package', 'certain']];
  if (home || temp) return claims;
  const absolute = texts.find(isAbsolute);
  const [variable] = variables;
  if (absolute !== undefined) return [['writes', 'certain', absolute]];
  if (variable !== undefined) return [['writes', 'certain', `$${variable}`]];
  if (unknown || texts.length === 0) return [['writes', 'possible']];
  return texts.slice(0, maxNames).map((text) => [rises ? 'writes' : 'writes-package', 'likely', text]);
}

/** The same of what is read: only what lies outside of the package is worth a word. */
export function readsFrom(origins: Origins | undefined): readonly Claim[] {
  if (origins === undefined) return [];
  const { variables, texts, home, rises } = origins;
  if (home) return [['reads-outside', 'certain', 'home']];
  const absolute = texts.find(isAbsolute);
  if (absolute !== undefined) return [['reads-outside', 'likely', absolute]];
  const above = texts.find((text) => text.startsWith('..'));
  if (rises && above !== undefined) return [['reads-outside', 'likely', above]];
  const isOwn = variables.includes('OUT_DIR') || variables.includes('CARGO_MANIFEST_DIR');
  const other = variables.find((name) => !isKnownVariable(name));
  return isOwn || other === undefined ? [] : [['reads-outside', 'likely', `$${other}`]];
}

function isAbsolute(text: string): boolean {
  return /^(?:\/[\w.]|~\/|[A-Za-z]:[\\/])/.test(text);
}
