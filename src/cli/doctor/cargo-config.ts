import { type CargoPlace, type ConfigFile, readHierarchy } from '../cargo-config/hierarchy.ts';
import { type Route, registryIndex, resolveCratesIo } from '../cargo-config/source.ts';
import { indexOf, type ServerAddress } from '../shared/address.ts';
import { CliError } from '../shared/error.ts';
import { type Check, notOk, ok } from './check.ts';
import type { OwnIndexes } from './own-index.ts';

/** Which configuration is in force here, and whether cargo really goes through the mirror. */
export async function checkCargoConfig(
  place: CargoPlace,
  server: ServerAddress,
  own: OwnIndexes,
): Promise<Check[]> {
  try {
    const here = await readHierarchy(place);
    // `cargo install` looks from its home folder, wherever it is started (cargo: `reload_rooted_at`).
    const home = await readHierarchy({ ...place, folder: place.cargoHome });
    return [
      checkFiles(here, place),
      checkRoute(resolveCratesIo(here), server, own),
      checkInstall(resolveCratesIo(home), own),
      ...checkNamedRegistry(here, own),
    ];
  } catch (error) {
    if (!(error instanceof CliError)) throw error;
    return [notOk('cargo-config', 'problem', `${error.message}.`, error.next ?? 'Mend the file.')];
  }
}

function checkFiles(files: readonly ConfigFile[], { cargoHome }: CargoPlace): Check {
  if (files.length === 0)
    return notOk(
      'cargo-config',
      'warning',
      `Cargo reads no configuration here (nor in ${cargoHome}).`,
      '`safeguard init` writes one.',
    );
  return ok('cargo-config', `Cargo reads, strongest first: ${files.map(({ file }) => file).join(', ')}.`);
}

function checkRoute(route: Route, server: ServerAddress, own: OwnIndexes): Check {
  const id = 'route';
  const index = indexOf(server.url);
  switch (route.kind) {
    case 'direct':
      return notOk(
        id,
        'problem',
        'Cargo gets its crates past Safeguard: nothing replaces crates.io here.',
        'Run `safeguard init`.',
      );
    case 'broken':
      return notOk(
        id,
        'problem',
        `Cargo refuses its configuration: ${route.reason}.`,
        'Mend it, then run `safeguard init`.',
      );
    case 'elsewhere':
      return notOk(
        id,
        'problem',
        `Cargo gets its crates past Safeguard: ${route.file} replaces crates.io by ${route.what}.`,
        'If that is not wanted: `safeguard init --force`.',
      );
    case 'registry': {
      const taken = own(route.index);
      if (taken !== undefined) {
        const of = taken.registry === undefined ? '' : `, to its registry \`${taken.registry}\``;
        return ok(id, `Cargo goes through ${server.url}${of} (${route.file}).`);
      }
      return notOk(
        id,
        'problem',
        `Cargo goes to ${route.index} (${route.file}), not to ${index}.`,
        'Name the right server with --server, or run `safeguard init --force`.',
      );
    }
  }
}

function checkInstall(route: Route, own: OwnIndexes): Check {
  return route.kind === 'registry' && own(route.index) !== undefined
    ? ok('cargo-install', '`cargo install` goes through it too.')
    : notOk(
        'cargo-install',
        'warning',
        "`cargo install` does not go through it: it reads only the configuration in cargo's home folder.",
        'Run `safeguard init --global`.',
      );
}

function checkNamedRegistry(files: readonly ConfigFile[], own: OwnIndexes): Check[] {
  const registry = registryIndex('safeguard', files);
  if (registry === undefined || own(registry.value) !== undefined) return [];
  return [
    notOk(
      'registry',
      'warning',
      `The registry \`safeguard\` is ${registry.value} by ${registry.file}.`,
      '`cargo search`, `info` and `add --registry safeguard` go there; correct it or remove it.',
    ),
  ];
}
