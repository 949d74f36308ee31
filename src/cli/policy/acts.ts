import { readFileSync, writeFileSync } from 'node:fs';
import { PolicyError } from '../../policy/error.ts';
import { loadLayers, type Origin, type Policy } from '../../policy/policy.ts';
import {
  describeSettings,
  policyJsonSchema,
  type SettingDescription,
  writtenValue,
} from '../../policy/schema.ts';
import type { TomlSource } from '../../policy/toml.ts';
import { CliError } from '../shared/error.ts';
import { table } from '../shared/table.ts';
import { note, print, printable } from '../shared/terminal.ts';

export interface LayerOptions {
  readonly organisation?: string | undefined;
  readonly format: 'text' | 'json';
}

/** Writes a policy of comments: every setting with what it means and its default. */
export function initPolicy(file: string): void {
  try {
    writeFileSync(file, template(), { flag: 'wx' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw fileError(file, 'written', error);
    throw new CliError('cli/file', `${file} is there already.`, { next: 'safeguard policy check' });
  }
  note(`Wrote ${file}: every setting with its default. Check it with: safeguard policy check ${file}`);
}

/** Says whether a policy is right; throws what is wrong with it. */
export function checkPolicy(file: string, options: LayerOptions): void {
  const policy = loadFiles(file, options);
  const { digest } = policy;
  const overruled = [...policy.origins]
    .filter(([, origin]) => origin.overruled !== undefined)
    .map(([path]) => path);
  if (options.format === 'json') {
    print(JSON.stringify({ digest, rules: rulesOf(policy), waivers: policy.waivers, overruled }, null, 2));
    return;
  }
  const own = `rules of its own: ${policy.custom.length}, waivers: ${policy.waivers.length}`;
  print(`${file} is right (digest ${digest.slice(0, 12)}, ${own}).`);
  for (const path of overruled) print(`  ${path}: the organisation’s value is stricter and counts.`);
}

/** Shows every value in force and where it comes from. */
export function showPolicy(file: string, options: LayerOptions): void {
  const policy = loadFiles(file, options);
  const rows = describeSettings()
    .filter(({ section, key }) => policy.origins.has(`${section}.${key}`))
    .map((setting) => ({
      setting,
      origin: policy.origins.get(`${setting.section}.${setting.key}`) ?? { layer: 'default' as const },
    }));
  if (options.format === 'json') {
    const settings = Object.fromEntries(
      rows.map(({ setting, origin }) => [
        `${setting.section}.${setting.key}`,
        { value: inForce(policy, setting), written: writtenValue(setting, origin), ...origin },
      ]),
    );
    const { digest, waivers } = policy;
    print(JSON.stringify({ digest, settings, rules: rulesOf(policy), waivers }, null, 2));
    return;
  }
  const lines = rows.map(({ setting, origin }) => [
    `${setting.section}.${setting.key}`,
    printable(JSON.stringify(writtenValue(setting, origin)) ?? 'not set'),
    whereFrom(origin),
  ]);
  for (const line of table(['setting', 'value', 'from'], lines)) print(line);
  for (const { id, effect, when, ...origin } of rulesOf(policy))
    print(printable(`rule: ${id}, ${effect} when ${when.trim()}, from ${whereFrom(origin)}`));
  for (const waiver of policy.waivers) {
    print(
      printable(
        `waiver: ${waiver.rule} for ${waiver.crate} ${waiver.version}, by ${waiver.by} until ${waiver.expires}: ${waiver.reason}`,
      ),
    );
  }
}

/** Prints the JSON Schema. */
export function printSchema(): void {
  print(JSON.stringify(policyJsonSchema(), null, 2));
}

/** The policy of a file, of an organisation's, or of both together. Throws `CliError` where one is not right. */
export function loadFiles(
  file: string | undefined,
  { organisation }: Pick<LayerOptions, 'organisation'>,
): Policy {
  try {
    return loadLayers({
      project: file === undefined ? undefined : read(file),
      organisation: organisation === undefined ? undefined : read(organisation),
    });
  } catch (error) {
    if (!(error instanceof PolicyError)) throw error;
    throw new CliError('cli/file', error.message, { cause: error, next: 'safeguard policy schema' });
  }
}

function read(file: string): TomlSource {
  try {
    return { file, text: readFileSync(file, 'utf8') };
  } catch (error) {
    throw fileError(file, 'read', error);
  }
}

function fileError(file: string, done: string, error: unknown): CliError {
  const reason = error instanceof Error ? error.message : String(error);
  return new CliError('cli/file', `${file} cannot be ${done}: ${reason}`, {
    cause: error,
    next: 'safeguard policy init',
  });
}

/** The policy's own rules, each with where it stands. */
function rulesOf({ custom, origins }: Policy) {
  return custom.map(({ definition }) => {
    const { layer, file, line } = origins.get(`rule.${definition.id}`) ?? { layer: 'default' as const };
    return {
      ...definition,
      layer,
      ...(file === undefined ? {} : { file }),
      ...(line === undefined ? {} : { line }),
    };
  });
}

function inForce(policy: Policy, { section, key }: SettingDescription): unknown {
  return (policy.settings[section] as Readonly<Record<string, unknown>> | undefined)?.[key];
}

function whereFrom(origin: Origin): string {
  const place = origin.file === undefined ? '' : ` (${origin.file}:${origin.line})`;
  const over =
    origin.overruled === undefined
      ? ''
      : `; the project’s ${printable(JSON.stringify(origin.overruled))} is weaker`;
  return `${origin.layer}${place}${over}`;
}

function template(): string {
  const sections = Map.groupBy(describeSettings(), ({ section }) => section);
  const parts = [...sections].map(([section, settings]) => {
    const lines = settings.flatMap(({ key, description, defaultValue }) => [
      `# ${description}`,
      defaultValue === undefined ? `# ${key} =` : `# ${key} = ${JSON.stringify(defaultValue)}`,
    ]);
    return [`[${section}]`, ...lines, ''].join('\n');
  });
  return [
    '# The policy of Safeguard. Every setting has a default, shown here; take the # away to say something else.',
    '# `safeguard policy check` reads it, `safeguard policy show` says what is in force.',
    '',
    ...parts,
  ].join('\n');
}
