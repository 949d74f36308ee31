import { type CfgSet, cfgKey } from './expression.ts';
import { type Target, targetOf } from './target.ts';
import table from './target-features.json' with { type: 'json' };

// What rustc makes of `-C target-feature` and `-C target-cpu`, from the table that scripts/target-features.ts makes.

interface Architecture {
  /** The target that the CPUs were asked for. */
  readonly target: string;
  /** What each feature brings along, with commas between. */
  readonly features: Readonly<Record<string, string>>;
  /** What each CPU has on that target. */
  readonly cpus: Readonly<Record<string, string>>;
  /** What that target has without any flag. */
  readonly own: ReadonlySet<string>;
}

/** Whether nobody knows what a feature is: the table has it for no architecture, or has not this one. */
export function isUnknownFeature(target: Target, feature: string): boolean {
  if (feature === crtStatic) return false;
  if (architectureOf(target) === undefined) return true;
  return !Object.values(table.architectures).some(({ features }) => Object.hasOwn(features, feature));
}

/** Whether some CPU of the target's architecture may have a feature. */
export function canHave(target: Target, feature: string): boolean {
  const known = architectureOf(target);
  return known === undefined || (feature !== crtStatic && Object.hasOwn(known.features, feature));
}

/** `+a,-b` over what is there: what is switched on brings what it needs, what is switched off takes what needs it. */
export function withFeatures(
  target: Target,
  base: ReadonlySet<string>,
  changes: readonly string[],
): ReadonlySet<string> {
  const { [crtStatic]: _, ...others } = architectureOf(target)?.features ?? {};
  const features = hasChoice.has(target.triple) ? { ...others, [crtStatic]: '' } : others;
  const needs = (feature: string) => split(Object.hasOwn(features, feature) ? features[feature] : '');
  const on = new Set(base);
  for (const change of changes) {
    const feature = change.slice(1);
    if (!Object.hasOwn(features, feature)) continue;
    if (change.startsWith('+')) for (const each of [feature, ...needs(feature)]) on.add(each);
    else if (change.startsWith('-')) {
      for (const each of [...on]) if (each === feature || needs(each).includes(feature)) on.delete(each);
    }
  }
  return on;
}

/** What a CPU has, with what the target has of its own; `undefined` where the table does not know it (`native`). */
export function cpuFeatures(
  target: Target,
  cpu: string,
  own: ReadonlySet<string>,
): ReadonlySet<string> | undefined {
  const known = architectureOf(target);
  if (known === undefined || !Object.hasOwn(known.cpus, cpu)) return undefined;
  // What a target has beyond the usual one of its architecture is its own, whatever the CPU.
  const more = [...own].filter((feature) => !known.own.has(feature));
  return new Set([...split(known.cpus[cpu]), ...more]);
}

const crtStatic = 'crt-static';
/** The targets on which it can be chosen how the C library is linked. */
const hasChoice: ReadonlySet<string> = new Set(table.crtStatic);
const architectures = new Map<string, Architecture | undefined>();

function architectureOf({ cfg }: Target): Architecture | undefined {
  const name = Object.keys(table.architectures).find((arch) => cfg.has(cfgKey('target_arch', arch)));
  if (name === undefined) return undefined;
  const known = architectures.get(name);
  if (known !== undefined) return known;
  const found = (table.architectures as unknown as Readonly<Record<string, Omit<Architecture, 'own'>>>)[name];
  const made = found === undefined ? undefined : { ...found, own: featuresIn(targetOf(found.target).cfg) };
  architectures.set(name, made);
  return made;
}

/** The target features that are set. */
export function featuresIn(cfg: CfgSet): ReadonlySet<string> {
  return new Set([...cfg].flatMap((key) => /^target_feature="(.*)"$/.exec(key)?.[1] ?? []));
}

function split(text: string | undefined): readonly string[] {
  return text === undefined || text === '' ? [] : text.split(',');
}
