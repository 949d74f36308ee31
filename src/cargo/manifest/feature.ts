/** What a feature turns on (cargo: src/workspace/summary.rs, `FeatureValue`). */
export type FeatureValue =
  /** Another feature of the package. */
  | { readonly kind: 'feature'; readonly name: string }
  /** `dep:x`: an optional dependency. */
  | { readonly kind: 'dep'; readonly dependency: string }
  /** `x/f`: a feature of a dependency, which is turned on too; `x?/f`, weak: only where it is on anyway. */
  | {
      readonly kind: 'dep-feature';
      readonly dependency: string;
      readonly feature: string;
      readonly weak: boolean;
    };

/** Feature name → what it turns on, as written. */
export type Features = ReadonlyMap<string, readonly string[]>;

/** The dependency fields that features look at. */
interface Optional {
  readonly name: string;
  readonly optional: boolean;
}

export function parseFeatureValue(text: string): FeatureValue {
  const slash = text.indexOf('/');
  if (slash !== -1) {
    const before = text.slice(0, slash);
    const weak = before.endsWith('?');
    return {
      kind: 'dep-feature',
      dependency: weak ? before.slice(0, -1) : before,
      feature: text.slice(slash + 1),
      weak,
    };
  }
  return text.startsWith('dep:')
    ? { kind: 'dep', dependency: text.slice('dep:'.length) }
    : { kind: 'feature', name: text };
}

export function featureValueText(value: FeatureValue): string {
  if (value.kind === 'feature') return value.name;
  if (value.kind === 'dep') return `dep:${value.dependency}`;
  return `${value.dependency}${value.weak ? '?' : ''}/${value.feature}`;
}

/**
 * The features of a package, with those that optional dependencies make by themselves: one named after each, unless
 * some feature says `dep:` of it (cargo: `build_feature_map`). Values are parsed when they are asked for: a package
 * may have a thousand features of which three are on.
 */
export class FeatureTable {
  readonly #declared: Features;
  readonly #implicit: ReadonlySet<string>;
  readonly #parsed = new Map<string, readonly FeatureValue[]>();

  constructor(declared: Features, dependencies: readonly Optional[]) {
    this.#declared = declared;
    this.#implicit = implicitFeatures(declared, dependencies);
  }

  has(name: string): boolean {
    return this.#declared.has(name) || this.#implicit.has(name);
  }

  names(): readonly string[] {
    return [...this.#declared.keys(), ...this.#implicit];
  }

  /** What a feature turns on; `undefined` where there is none of this name. */
  values(name: string): readonly FeatureValue[] | undefined {
    const known = this.#parsed.get(name);
    if (known !== undefined) return known;
    const declared = this.#declared.get(name);
    if (declared === undefined && !this.#implicit.has(name)) return undefined;
    const values = declared?.map(parseFeatureValue) ?? [{ kind: 'dep', dependency: name } as const];
    this.#parsed.set(name, values);
    return values;
  }
}

/**
 * The first thing cargo refuses in `[features]` (cargo: src/workspace/summary.rs, `build_feature_map`): the feature
 * that it stands in, where there is one, and a sentence. `undefined` where all is well.
 */
export function featureProblem(
  declared: Features,
  dependencies: readonly Optional[],
): { readonly feature: string | undefined; readonly message: string } | undefined {
  const table = new FeatureTable(declared, dependencies);
  const optional = new Map<string, boolean>();
  for (const { name, optional: is } of dependencies) optional.set(name, is || optional.get(name) === true);
  const used = new Set<string>();
  for (const feature of table.names()) {
    const values = table.values(feature) ?? [];
    const nameReason = nameProblem(feature);
    if (nameReason !== undefined) return { feature, message: `feature \`${feature}\` ${nameReason}` };
    for (const value of values) {
      const reason = valueProblem(value, feature, table, declared, optional);
      if (reason !== undefined) {
        return { feature, message: `feature \`${feature}\` has \`${featureValueText(value)}\`, ${reason}` };
      }
      if (value.kind !== 'feature') used.add(value.dependency);
    }
  }
  const unused = [...optional].find(([name, is]) => is && !used.has(name))?.[0];
  if (unused === undefined) return undefined;
  return { feature: undefined, message: `no feature turns the optional dependency \`${unused}\` on` };
}

function implicitFeatures(declared: Features, dependencies: readonly Optional[]): ReadonlySet<string> {
  const optional = dependencies.filter((dependency) => dependency.optional);
  if (optional.length === 0) return none;
  const explicit = new Set<string>();
  for (const values of declared.values()) {
    for (const value of values)
      if (value.startsWith('dep:') && !value.includes('/')) explicit.add(value.slice(4));
  }
  return new Set(
    optional.map(({ name }) => name).filter((name) => !declared.has(name) && !explicit.has(name)),
  );
}

const none: ReadonlySet<string> = new Set();
/** (cargo-util-schemas: src/restricted_names.rs, `validate_feature_name`). */
const nameShape = /^[\p{XIDS}_0-9][\p{XIDC}\-+._]*$/u;

function nameProblem(name: string): string | undefined {
  if (name === '') return 'has no name';
  if (name.startsWith('dep:')) return 'cannot start with `dep:`';
  if (name.includes('/')) return 'cannot have a slash in its name';
  return nameShape.test(name) ? undefined : 'has a character that names cannot have';
}

function valueProblem(
  value: FeatureValue,
  feature: string,
  table: FeatureTable,
  declared: Features,
  optional: ReadonlyMap<string, boolean>,
): string | undefined {
  switch (value.kind) {
    case 'feature':
      if (value.name === feature) return 'which is the feature itself';
      if (declared.has(value.name)) return undefined;
      if (!optional.has(value.name)) return 'which is neither a dependency nor another feature';
      if (optional.get(value.name) === false) return 'which is not an optional dependency';
      return table.has(value.name)
        ? undefined
        : `but an optional dependency is turned on with \`dep:${value.name}\``;
    case 'dep':
      if (!optional.has(value.dependency)) return 'which is not a dependency';
      return optional.get(value.dependency) === true ? undefined : 'which is not an optional dependency';
    case 'dep-feature':
      if (value.feature.includes('/')) return 'which has more than one slash';
      if (value.dependency.startsWith('dep:')) return 'where `dep:` and `/` do not go together';
      if (!optional.has(value.dependency)) return 'which names no dependency';
      if (!value.weak || optional.get(value.dependency) === true) return undefined;
      return 'where `?` needs an optional dependency';
  }
}
