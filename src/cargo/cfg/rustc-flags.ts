import { cfgKey, parseCfg } from './expression.ts';
import type { Target } from './target.ts';
import { canHave, cpuFeatures, featuresIn, isUnknownFeature, withFeatures } from './target-features.ts';

/**
 * A target as rustc sees it with these flags: what `rustc FLAGS --print cfg --target T` prints. What cannot be told of
 * them (`-C target-cpu=native`, a file of arguments) may be set and may be not. Pure.
 */
export function withRustcFlags(target: Target, flags: readonly string[]): Target {
  if (flags.length === 0) return target;
  const said = readFlags(flags);
  const cfg = new Set(target.cfg);
  setFeatures(cfg, target, said);
  if (said.panic !== undefined) {
    for (const each of target.cfg) if (each.startsWith('panic=')) cfg.delete(each);
    cfg.add(cfgKey('panic', said.panic));
  }
  const asserts = said.debugAssertions ?? !said.optimised;
  if (asserts) cfg.add('debug_assertions');
  else cfg.delete('debug_assertions');
  for (const key of said.cfgs) cfg.add(key);
  const isOpen = openOf(target, said);
  return { ...target, cfg, ...(isOpen === undefined ? {} : { isOpen }) };
}

/** What flags say that decides what is set. */
interface Said {
  /** As keys of a `CfgSet`. */
  readonly cfgs: readonly string[];
  /** `+name` and `-name`, in their order. */
  readonly features: readonly string[];
  readonly cpu: string | undefined;
  readonly panic: string | undefined;
  readonly debugAssertions: boolean | undefined;
  readonly optimised: boolean;
  /** Whether some of them stand in a file (`@path`), or ask for what only an unstable rustc names. */
  readonly isUnread: boolean;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** Options with a value of their own in the next word. */
const valued = new Set(
  '-L -l -o -A -W -D -F -Z --check-cfg --emit --crate-type --crate-name --edition --extern'.split(' '),
);
const yes = /^(?:y|yes|on|true)$/;

function readFlags(flags: readonly string[]): Said {
  const [cfgs, features]: [string[], string[]] = [[], []];
  const said: Mutable<Said> = {
    cfgs,
    features,
    cpu: undefined,
    panic: undefined,
    debugAssertions: undefined,
    optimised: false,
    isUnread: false,
  };
  for (let i = 0; i < flags.length; i++) {
    const flag = flags[i] ?? '';
    const [, name = '', inner] = /^(--cfg|--codegen|-C)(?:=?(.*))?$/s.exec(flag) ?? [];
    if (flag.startsWith('@')) said.isUnread = true;
    else if (flag === '-O') said.optimised = true;
    else if (valued.has(flag)) i++;
    else if (name !== '' && (name === '-C' || flag === name || flag[name.length] === '=')) {
      const value = inner === undefined || inner === '' ? (flags[++i] ?? '') : inner;
      if (name === '--cfg') cfgs.push(...cfgSaid(value));
      else codegen(value.trim(), said, features);
    }
  }
  return said;
}

/** `name` or `name="value"`; nothing for what rustc refuses. */
function cfgSaid(text: string): readonly string[] {
  try {
    const said = parseCfg(text);
    return said.kind === 'is' ? [cfgKey(said.name, said.value)] : [];
  } catch {
    return [];
  }
}

function codegen(text: string, said: Mutable<Said>, features: string[]): void {
  const [, written = '', value] = /^([^=]*)(?:=(.*))?$/s.exec(text) ?? [];
  switch (written.replaceAll('_', '-')) {
    case 'target-feature':
      features.push(...(value ?? '').split(',').filter((one) => one !== ''));
      break;
    case 'target-cpu':
      said.cpu = value;
      break;
    case 'panic':
      said.panic = value;
      break;
    case 'debug-assertions':
      said.debugAssertions = value === undefined || yes.test(value);
      break;
    case 'opt-level':
      said.optimised = value !== '0';
  }
}

function setFeatures(cfg: Set<string>, target: Target, { cpu, features }: Said): void {
  if (cpu === undefined && features.length === 0) return;
  const own = featuresIn(target.cfg);
  const base = cpu === undefined ? own : (cpuFeatures(target, cpu, own) ?? own);
  for (const feature of own) cfg.delete(cfgKey('target_feature', feature));
  for (const feature of withFeatures(target, base, features)) cfg.add(cfgKey('target_feature', feature));
}

/** What may be set beside what is, or may be not. */
function openOf(target: Target, { cpu, features, isUnread }: Said): Target['isOpen'] {
  const isCpuOpen = cpu !== undefined && cpuFeatures(target, cpu, new Set()) === undefined;
  const strange = new Set(features.map((one) => one.slice(1)).filter((one) => isUnknownFeature(target, one)));
  if (!isUnread && !isCpuOpen && strange.size === 0) return target.isOpen;
  return (name, value) => {
    if (isUnread || target.isOpen?.(name, value) === true) return true;
    if (name !== 'target_feature' || value === undefined) return false;
    return (isCpuOpen && canHave(target, value)) || strange.has(value);
  };
}
