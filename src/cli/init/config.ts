import { request } from 'undici';
import { replaceFile, writeTarget } from '../cargo-config/file.ts';
import { cargoPlace, readHierarchy, readUtf8 } from '../cargo-config/hierarchy.ts';
import { diffLines } from '../cargo-config/line-diff.ts';
import { configToEdit } from '../cargo-config/project.ts';
import { type Route, registryIndex, resolveCratesIo, sameIndex } from '../cargo-config/source.ts';
import { parseConfig, type Setting, setStrings, type TomlTable, valueAt } from '../cargo-config/toml-edit.ts';

import { findServer, indexOf, type ServerOptions } from '../shared/address.ts';
import { dispatcherFor } from '../shared/api.ts';
import { CliError } from '../shared/error.ts';
import { note, paint, print, printable } from '../shared/terminal.ts';

export interface InitOptions extends ServerOptions {
  readonly global?: true;
  readonly cargo?: true;
  /** Have `safeguard credential` give what a closed mirror wants. */
  readonly credential?: true;
  readonly dryRun?: true;
  readonly force?: true;
}

export async function init(options: InitOptions): Promise<void> {
  const { url } = await findServer(options);
  const index = indexOf(url);
  const isClosed = await wantsTokens(url);
  const place = cargoPlace();
  const file = await configToEdit(place, options.global === true);
  const target = await writeTarget(file);
  const before = target.exists ? await readUtf8(target.file) : '';
  const existing = parseConfig(before, file);
  const settings = settingsFor(
    index,
    isClosed || options.credential === true ? provider(options, existing) : undefined,
    existing,
  );
  const replaced = settings.filter((setting) => differs(valueAt(existing, setting.path), setting));
  const [conflict] = replaced;
  if (conflict !== undefined && !options.force) throw alreadySomethingElse(file, conflict, existing);
  refuseSecondKind(file, existing, isClosed);

  const after = setStrings(before, settings, file);
  // Read as cargo will read it, before anything is written.
  const files = await readHierarchy(place, new Map([[file, after]]));
  const outcome = resolveCratesIo(files);
  if (outcome.kind === 'broken' && after !== before)
    throw new CliError('cli/config', `cargo would refuse its configuration: ${outcome.reason}`, {
      next: 'Mend that first; nothing was changed.',
    });

  if (after === before) print(`Already set: ${file}`);
  else {
    if (!options.dryRun) await replaceFile(target, after);
    print(`${options.dryRun ? 'Would change' : target.exists ? 'Changed' : 'Wrote'} ${file}:`);
    for (const line of sayDiff(before, after)) print(line);
  }
  for (const warning of warnings(outcome, index, registryIndex('safeguard', files), options)) note(warning);
  if (after !== before && !options.dryRun && outcome.kind === 'registry' && sameIndex(outcome.index, index))
    print(
      `Cargo now gets its crates through ${index.slice('sparse+'.length)}; \`safeguard doctor\` checks it.`,
    );
  if (options.credential)
    print(
      'Cargo asks `safeguard credential` for a token: the program must be on the PATH wherever it builds.',
    );
  else if (isClosed)
    print(
      'It wants a token: `cargo login --registry safeguard` takes it, or CARGO_REGISTRIES_SAFEGUARD_TOKEN.',
    );
}

/**
 * The replacement names a registry and no source: only then does cargo ask a credential provider for it by name, and `cargo login`,
 * `search`, `info` and `add --registry` know it too (cargo 1.95).
 */
function settingsFor(index: string, provider: string | undefined, existing: TomlTable): Setting[] {
  const source = ['source', 'safeguard', 'registry'];
  return [
    { path: ['source', 'crates-io', 'replace-with'], value: 'safeguard' },
    // A source of that name, as it was written before, comes first to cargo.
    ...(valueAt(existing, source) === undefined ? [] : [{ path: source, value: index }]),
    { path: ['registries', 'safeguard', 'index'], value: index },
    ...(provider === undefined
      ? []
      : [{ path: ['registries', 'safeguard', 'credential-provider'], value: provider }]),
  ];
}

/** Who gives cargo the token: cargo itself, or this program, which stays where it was chosen. */
function provider({ credential }: InitOptions, existing: TomlTable): string {
  const chosen = valueAt(existing, ['registries', 'safeguard', 'credential-provider']);
  if (credential !== true && typeof chosen === 'string' && chosen.startsWith(own)) return chosen;
  return credential === true ? own : 'cargo:token';
}

const own = 'safeguard credential';

/** Whether a mirror asks cargo for a token. One that does not answer now is taken for open, as most are. */
async function wantsTokens(url: string): Promise<boolean> {
  const dispatcher = dispatcherFor(url, { connectTimeout: 3_000, headersTimeout: 3_000 });
  try {
    const { statusCode, body } = await request(`${url}/index/config.json`, { dispatcher });
    await body.dump();
    return statusCode === 401;
  } catch {
    return false;
  } finally {
    await dispatcher.destroy();
  }
}

function differs(value: unknown, setting: Setting): boolean {
  return value !== undefined && value !== setting.value;
}

function alreadySomethingElse(
  file: string,
  setting: Setting,
  existing: Readonly<Record<string, unknown>>,
): CliError {
  const value = valueAt(existing, setting.path);
  const key = setting.path.join('.');
  const source = typeof value === 'string' ? valueAt(existing, ['source', value]) : undefined;
  const means =
    source === undefined || key !== 'source.crates-io.replace-with'
      ? ''
      : `, which is ${JSON.stringify(source)}`;
  return new CliError(
    'cli/config',
    `${file} already has ${key} = ${JSON.stringify(value)}${printable(means)}`,
    {
      next: `If cargo is to use Safeguard instead, run it again with --force: that replaces this value and nothing else.`,
    },
  );
}

/** `[source.safeguard]` with a folder or a git repository: cargo allows one kind of place only. */
function refuseSecondKind(file: string, existing: TomlTable, isClosed: boolean): void {
  const other = ['directory', 'local-registry', 'git', 'replace-with'].find(
    (key) => valueAt(existing, ['source', 'safeguard', key]) !== undefined,
  );
  if (other !== undefined)
    throw new CliError(
      'cli/config',
      `${file} has a [source.safeguard] of another kind: it sets \`${other}\``,
      {
        next: 'Give that source another name, or remove it.',
      },
    );
  if (isClosed && valueAt(existing, ['source', 'safeguard']) !== undefined)
    throw new CliError(
      'cli/config',
      `${file} has a [source.safeguard], with which cargo finds no token for it`,
      {
        next: 'Remove that table, and run it again: [registries.safeguard] is enough.',
      },
    );
}

function sayDiff(before: string, after: string): string[] {
  return diffLines(before, after).map(({ kind, line, text }) =>
    paint(
      kind === 'added' ? 'green' : 'red',
      `  ${String(line).padStart(4)} ${kind === 'added' ? '+' : '-'} ${printable(text)}`,
    ),
  );
}

/** What makes cargo go elsewhere all the same. */
function warnings(
  outcome: Route,
  index: string,
  registry: { readonly value: string; readonly file: string } | undefined,
  options: InitOptions,
): string[] {
  const found: string[] = [];
  const because = 'Warning: in this folder cargo still does not go through it:';
  if (outcome.kind === 'elsewhere')
    found.push(`${because} ${outcome.file} replaces crates.io by ${outcome.what}.`);
  if (outcome.kind === 'direct') found.push(`${because} nothing in force replaces crates.io.`);
  if (outcome.kind === 'broken') found.push(`${because} ${outcome.reason}.`);
  if (outcome.kind === 'registry' && !sameIndex(outcome.index, index))
    found.push(`${because} ${outcome.file} sends it to ${printable(outcome.index)}.`);
  if (registry !== undefined && !sameIndex(registry.value, index))
    found.push(
      `Warning: ${registry.file} gives the registry \`safeguard\` another index: ${printable(registry.value)}`,
    );
  if (!options.global)
    found.push('`cargo install` does not read this file: `safeguard init --global` is for that.');
  return found;
}
