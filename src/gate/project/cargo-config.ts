import { dirname, join } from 'node:path';
import { parse, TomlError } from 'smol-toml';
import { targetTriples } from '../../cargo/cfg/target.ts';
import { GateError } from '../error.ts';
import type { ProjectFiles } from './files.ts';

/** What of cargo's configuration decides which packages are meant. */
export interface CargoConfig {
  /** Index URLs by a registry's name; an entry of a nearer file wins. */
  readonly registries: ReadonlyMap<string, string>;
  /** TOML texts of `[patch]` tables, which count like the root manifest's, with the files that have them. */
  readonly patches: readonly { readonly file: string; readonly text: string }[];
  /** `build.target`, as far as rustc lists it: what is built for where nobody says; none: the machine that builds. */
  readonly targets: readonly string[];
}

/** Reads the configuration that cargo would in a folder, the nearest file first, then cargo's home. */
export function readCargoConfig(
  files: ProjectFiles,
  folder: string,
  cargoHome: string | undefined,
): CargoConfig {
  const registries = new Map<string, string>();
  const patches: { file: string; text: string }[] = [];
  let targets: readonly string[] | undefined;
  const above = ancestors(folder).map((each) => join(each, '.cargo'));
  const folders = cargoHome === undefined ? above : [...above, cargoHome];
  for (const each of new Set(folders)) {
    const file = [join(each, 'config'), join(each, 'config.toml')].find(
      (path) => files.read(path) !== undefined,
    );
    const text = file === undefined ? undefined : files.read(file);
    if (file === undefined || text === undefined) continue;
    const toml = parsed(file, text);
    targets ??= targetsIn(tableOf(toml.build).target);
    if (toml.patch !== undefined) patches.push({ file, text });
    for (const [name, value] of Object.entries(tableOf(toml.registries))) {
      const { index } = tableOf(value);
      if (typeof index === 'string' && !registries.has(name)) registries.set(name, index);
    }
  }
  return { registries, patches, targets: targets ?? [] };
}

/** A triple, or several; `undefined` where nothing is said. What describes a target in a file of its own is left out. */
function targetsIn(value: unknown): readonly string[] | undefined {
  if (value === undefined) return undefined;
  const all: readonly unknown[] = Array.isArray(value) ? value : [value];
  return targetTriples().filter((triple) => all.includes(triple));
}

/** A folder, its parent, and so on to the root. */
export function ancestors(folder: string): readonly string[] {
  const above = dirname(folder);
  return above === folder ? [folder] : [folder, ...ancestors(above)];
}

function parsed(file: string, text: string): Readonly<Record<string, unknown>> {
  try {
    return parse(text, { integersAsBigInt: true });
  } catch (cause) {
    if (!(cause instanceof TomlError)) throw cause;
    throw new GateError(
      'gate/config',
      `cargo's configuration was not understood: ${cause.message.split('\n')[0]}.`,
      {
        at: { file, line: cause.line, column: cause.column },
        next: 'Mend the file: cargo refuses it too.',
        cause,
      },
    );
  }
}

function tableOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Readonly<Record<string, unknown>>)
    : {};
}
