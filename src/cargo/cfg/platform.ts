import { CargoError, quoted } from '../error.ts';
import { type CfgExpression, cfgHolds, cfgMayHold, parseCfg } from './expression.ts';
import type { Target } from './target.ts';

/** Where a dependency counts: a target by its triple, or those that set something. */
export type Platform =
  | { readonly kind: 'triple'; readonly triple: string }
  | { readonly kind: 'cfg'; readonly expression: CfgExpression };

/**
 * Reads the key of `[target.…]` (cargo-platform: src/lib.rs, `Platform::from_str`). Throws `CargoError('cargo/cfg')`.
 * Equal texts give the same object: an application's packages name few platforms, many times.
 */
export function parsePlatform(text: string): Platform {
  const known = parsed.get(text);
  if (known !== undefined) return known;
  const platform = readPlatform(text);
  if (parsed.size > maxRemembered) parsed.clear();
  parsed.set(text, platform);
  return platform;
}

/** Whether a dependency for this platform counts on a target, or may count. */
export function platformMatches(platform: Platform | undefined, target: Target): boolean {
  if (platform === undefined) return true;
  if (platform.kind === 'triple') return platform.triple === target.triple;
  const { expression } = platform;
  const known = answers.get(target) ?? new Map<CfgExpression, boolean>();
  answers.set(target, known);
  const answer = known.get(expression) ?? holds(expression, target);
  known.set(expression, answer);
  return answer;
}

/** Whether it counts, or may count, on any of some targets. */
export function platformMatchesAny(platform: Platform | undefined, targets: readonly Target[]): boolean {
  return platform === undefined || targets.some((target) => platformMatches(platform, target));
}

function holds(expression: CfgExpression, { cfg, isOpen }: Target): boolean {
  return isOpen === undefined ? cfgHolds(expression, cfg) : cfgMayHold(expression, cfg, isOpen);
}

/** Each expression is worked out once for a target. */
const answers = new WeakMap<Target, Map<CfgExpression, boolean>>();

const parsed = new Map<string, Platform>();
const maxRemembered = 10_000;
const tripleShape = /^[\p{Alphabetic}\p{N}_.-]*$/u;

function readPlatform(text: string): Platform {
  if (text.startsWith('cfg(') && text.endsWith(')')) {
    return { kind: 'cfg', expression: parseCfg(text.slice('cfg('.length, -1)) };
  }
  if (!tripleShape.test(text)) {
    throw new CargoError('cargo/cfg', `${quoted(text)} is neither a target triple nor \`cfg(…)\``);
  }
  return { kind: 'triple', triple: text };
}
