import { dirname, join, relative } from 'node:path';
import { stringify } from 'smol-toml';
import { type ConfigTable, configFiles, tableOf } from '../../gate/project/config-files.ts';
import type { ProjectFiles } from '../../gate/project/files.ts';
import { BuildError } from '../error.ts';

/** A file of cargo's home, by its path there. */
export interface HomeSetting {
  readonly path: string;
  readonly text: string;
}

/**
 * The configuration of cargo's home as a build may see it: without tokens, and without what only a network needs. What lies in the
 * project is there anyway; what lies elsewhere decides the build and is no part of it: that throws `BuildError('build/outside')`.
 */
export function homeSettings(
  files: ProjectFiles,
  folder: string,
  root: string,
  cargoHome: string,
): readonly HomeSetting[] {
  const isBelow = (path: string, above: string) => !relative(above, path).startsWith('..');
  return configFiles(files, folder, cargoHome).flatMap(({ file, values }): HomeSetting[] => {
    if (isBelow(file, root)) return [];
    if (isBelow(file, cargoHome))
      return [{ path: relative(cargoHome, file), text: `${stringify(withoutSecrets(values))}\n` }];
    throw new BuildError('build/outside', `${file} would decide this build, and is no part of the project`, {
      next: `Move it to ${join(root, '.cargo', 'config.toml')}, or into cargo's home (${dirname(join(cargoHome, 'config.toml'))}).`,
    });
  });
}

/** Keys that hold, or lead to, what opens a registry. */
const secrets: ReadonlySet<string> = new Set([
  'token',
  'secret-key',
  'secret-key-subject',
  'credential-provider',
  'global-credential-providers',
]);

function withoutSecrets(values: ConfigTable): ConfigTable {
  const { http: _, credential: __, ...rest } = values;
  const cleaned = (table: unknown) =>
    Object.fromEntries(Object.entries(tableOf(table)).filter(([key]) => !secrets.has(key)));
  const registries = Object.entries(tableOf(rest.registries)).map(([name, one]) => [name, cleaned(one)]);
  return {
    ...rest,
    ...(rest.registry === undefined ? {} : { registry: cleaned(rest.registry) }),
    ...(rest.registries === undefined ? {} : { registries: Object.fromEntries(registries) }),
  };
}
