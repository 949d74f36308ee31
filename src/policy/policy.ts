import { parse } from 'smol-toml';
import { z } from 'zod';
import { locateKey } from '../cargo/toml-span.ts';
import type { AuditSettings } from './audit-settings.ts';
import { buildSettings } from './build-allow.ts';
import { digestOfJson } from './canonical-json.ts';
import { type CustomRule, compileCustomRule, customRulesSchema } from './custom.ts';
import type { DecisionSettings } from './decisions.ts';
import { PolicyError } from './error.ts';
import { gateSettings } from './gate-settings.ts';
import { rules } from './rules/index.ts';
import { stricterValue, strictnessOf } from './strictness.ts';
import { nearest, readToml, type TomlSource } from './toml.ts';
import { verifySettings } from './verify/settings.ts';
import { type Waiver, type WaiverSettings, waiverSchema, waiverSettings } from './waiver.ts';

/** A policy in force: every rule's settings, with defaults filled in and layers put together. */
export interface Policy {
  /**
   * SHA-256 (hex) over the rules, their effective settings, the custom rules, the waivers and what a project may relax:
   * equal digests judge alike.
   */
  readonly digest: string;
  /** The organisation's file as it was read, or the only one. */
  readonly text: string;
  /** By section name; each is what its rule's schema parsed. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** The organisation's and the project's own rules, by id. */
  readonly custom: readonly CustomRule[];
  readonly waivers: readonly Waiver[];
  readonly waiverSettings: WaiverSettings;
  /** By `section.key`, and by `rule.id` for custom rules: where the value in force comes from. */
  readonly origins: ReadonlyMap<string, Origin>;
}

/** Where a value comes from. */
export interface Origin {
  readonly layer: 'default' | 'organisation' | 'project';
  readonly file?: string;
  /** 1-based. */
  readonly line?: number;
  /** The value as the file has it; absent for a default. */
  readonly written?: unknown;
  /** What the project wanted, where the organisation's stricter value stands; as written. */
  readonly overruled?: unknown;
}

/** The files that a policy is made of. */
export interface PolicyLayers {
  readonly organisation?: TomlSource | undefined;
  readonly project?: TomlSource | undefined;
}

const sections = Object.fromEntries([
  ...rules.map((rule) => [rule.section, rule.settings] as const),
  ['gate', gateSettings] as const,
  ['build', buildSettings] as const,
  ['verify', verifySettings] as const,
  ['waivers', waiverSettings] as const,
]);

/** The schema of `safeguard.toml`. */
export const policySchema = z.strictObject({
  ...Object.fromEntries(Object.entries(sections).map(([name, schema]) => [name, schema.prefault({})])),
  waiver: z
    .array(waiverSchema)
    .default([])
    .describe('Exceptions to rules, each with a reason, a person and an end.'),
  rule: customRulesSchema,
  'project-may-relax': z
    .array(z.string())
    .default([])
    .describe('Organisation only: settings, as section.key, that a project may set as it likes.'),
});

/**
 * Reads a `safeguard.toml` that stands alone. An empty text is a good policy: every setting has a default.
 * Throws `PolicyError` with file, line and a suggestion for anything that it does not know.
 */
export function loadPolicy(source: TomlSource): Policy {
  return loadLayers({ organisation: source });
}

/**
 * Puts the layers together: value by value, the stricter one counts, so that a project adds and never weakens; only
 * what the organisation names in `project-may-relax` is the project's to set. Throws `PolicyError`.
 */
export function loadLayers({ organisation, project }: PolicyLayers): Policy {
  const outer = organisation === undefined ? undefined : readLayer(organisation);
  const inner = project === undefined ? undefined : readLayer(project);
  refuseUnknownRules(
    [outer, inner].filter((layer) => layer !== undefined),
    outer !== undefined,
  );
  if (outer === undefined || inner === undefined) {
    const only = outer ?? inner ?? readLayer({ file: 'the default policy', text: '' });
    const name = outer === undefined ? 'project' : 'organisation';
    return finish(
      only,
      [only],
      [[name, only]],
      new Map(settingsOf(only).map(([path]) => [path, originOf(only, path, name)])),
    );
  }
  refuseRelaxing(inner);
  refuseSameIds(outer, inner);
  const merged: Record<string, Record<string, unknown>> = {};
  const origins = new Map<string, Origin>();
  const relaxed = new Set(outer.value['project-may-relax']);
  for (const [path, setting] of settingsOf(outer)) {
    const { section, key, value, order } = setting;
    const wanted = sectionOf(inner, section)[key];
    const said = isSaid(inner, section, key);
    const chosen = !said ? value : relaxed.has(path) ? wanted : stricterValue(order, value, wanted);
    merged[section] = { ...merged[section], [key]: chosen };
    const fromProject = said && JSON.stringify(chosen) !== JSON.stringify(value);
    const origin = fromProject ? originOf(inner, path, 'project') : originOf(outer, path, 'organisation');
    const overruled =
      said && JSON.stringify(chosen) !== JSON.stringify(wanted)
        ? { overruled: rawOf(inner, section, key) }
        : {};
    origins.set(path, { ...origin, ...overruled });
  }
  const value = { ...outer.value, ...merged } as Layer['value'];
  const mayWaive = (value.waivers as WaiverSettings).project;
  const ruling = [['organisation', outer] as const, ['project', inner] as const];
  return finish({ ...outer, value }, mayWaive ? [outer, inner] : [outer], ruling, origins);
}

interface Layer {
  readonly source: TomlSource;
  readonly value: z.output<typeof policySchema> & Readonly<Record<string, unknown>>;
  /** As it stands in the file, before defaults. */
  readonly raw: Readonly<Record<string, unknown>>;
}

function readLayer(source: TomlSource): Layer {
  const value = readToml(policySchema, source) as Layer['value'];
  return { source, value, raw: parse(source.text) };
}

function refuseRelaxing(project: Layer): void {
  const key = 'project-may-relax';
  if (project.raw[key] === undefined) return;
  const at = { file: project.source.file, ...locateKey(project.source.text, [key]) };
  throw new PolicyError('policy/invalid', `${key} can only stand in the organisation's policy`, at);
}

/** A finding and a waiver name a rule by its id, whichever layer it stands in. */
function refuseSameIds(organisation: Layer, project: Layer): void {
  const ids = new Set(organisation.value.rule.map(({ id }) => id));
  const index = project.value.rule.findIndex(({ id }) => ids.has(id));
  if (index === -1) return;
  const at = { file: project.source.file, ...locateKey(project.source.text, ['rule', index, 'id']) };
  throw new PolicyError(
    'policy/invalid',
    `rule.${index}.id: the organisation's policy has a rule of this id`,
    at,
  );
}

/**
 * A waiver, an answer or an owner for a rule that is not there would do nothing, and nobody would notice. A project's
 * policy by itself may name rules of the organisation's.
 */
function refuseUnknownRules(layers: readonly Layer[], isWhole: boolean): void {
  const ids = new Set([...rules, ...layers.flatMap(({ value }) => value.rule)].map(({ id }) => id));
  for (const { value, source } of layers) {
    const { answers } = value.audits as AuditSettings;
    const { owners } = value.decisions as DecisionSettings;
    const named = [
      ...value.waiver.map(({ rule }, i) => ({ id: rule, path: ['waiver', i, 'rule'] })),
      ...answers.map((id, i) => ({ id, path: ['audits', 'answers', i] })),
      ...Object.keys(owners).map((id) => ({ id, path: ['decisions', 'owners', id] })),
    ];
    const wrong = named.find(({ id }) => !ids.has(id));
    if (wrong === undefined) continue;
    const meant = nearest(wrong.id, [...ids]);
    if (meant === undefined && !isWhole) continue;
    const hint = meant === undefined ? '' : `; did you mean \`${meant}\`?`;
    throw new PolicyError(
      'policy/invalid',
      `${wrong.path.join('.')}: there is no rule \`${wrong.id}\`${hint}`,
      {
        file: source.file,
        ...locateKey(source.text, wrong.path),
      },
    );
  }
}

type LayerName = 'organisation' | 'project';

function finish(
  layer: Layer,
  waiving: readonly Layer[],
  ruling: readonly (readonly [LayerName, Layer])[],
  origins: ReadonlyMap<string, Origin>,
): Policy {
  const names = Object.keys(sections).filter((name) => name !== 'waivers');
  const settings = Object.fromEntries(names.map((name) => [name, layer.value[name]]));
  const waivers = waiving.flatMap(({ value }) => value.waiver);
  const limits = layer.value.waivers as WaiverSettings;
  const definitions = ruling.flatMap(([, { value }]) => value.rule);
  const relaxing = [...new Set(layer.value['project-may-relax'])].sort();
  const custom = definitions.sort((a, b) => (a.id < b.id ? -1 : 1)).map(compileCustomRule);
  return {
    digest: digestOf({
      settings,
      waivers,
      limits,
      custom: custom.map(({ definition }) => definition),
      ...(relaxing.length === 0 ? {} : { relaxing }),
    }),
    text: layer.source.text,
    settings,
    custom,
    waivers,
    waiverSettings: limits,
    origins: new Map([...origins, ...ruling.flatMap(([name, ruler]) => ruleOrigins(ruler, name))]),
  };
}

interface Setting {
  readonly section: string;
  readonly key: string;
  readonly value: unknown;
  readonly order: NonNullable<ReturnType<typeof strictnessOf>>;
}

/** Every setting of a layer by its path, with its value and how its values are ordered. */
function settingsOf(layer: Layer): (readonly [path: string, setting: Setting])[] {
  return Object.entries(sections).flatMap(([section, schema]) =>
    Object.entries(schema.shape).map(([key, setting]) => {
      const order = strictnessOf(setting) ?? 'outer';
      return [`${section}.${key}`, { section, key, value: sectionOf(layer, section)[key], order }] as const;
    }),
  );
}

function sectionOf(layer: Layer, section: string): Readonly<Record<string, unknown>> {
  return layer.value[section] as Readonly<Record<string, unknown>>;
}

function isSaid(layer: Layer, section: string, key: string): boolean {
  return rawOf(layer, section, key) !== undefined;
}

function rawOf(layer: Layer, section: string, key: string): unknown {
  return (layer.raw[section] as Readonly<Record<string, unknown>> | undefined)?.[key];
}

function ruleOrigins({ value, source }: Layer, layer: LayerName): (readonly [string, Origin])[] {
  return value.rule.map(({ id, when }, i) => {
    const { line } = locateKey(source.text, ['rule', i]);
    return [`rule.${id}`, { layer, file: source.file, line, written: when }] as const;
  });
}

function originOf(layer: Layer, path: string, name: LayerName): Origin {
  const [section = '', key = ''] = path.split('.');
  if (!isSaid(layer, section, key)) return { layer: 'default' };
  const { line } = locateKey(layer.source.text, [section, key]);
  return { layer: name, file: layer.source.file, line, written: rawOf(layer, section, key) };
}

function digestOf(meaning: unknown): string {
  const ids = rules.map((rule) => rule.id).sort();
  return digestOfJson({ rules: ids, meaning });
}
