import { cargoPlace, readHierarchy } from '../cargo-config/hierarchy.ts';
import { resolveCratesIo } from '../cargo-config/source.ts';
import { parseAddress } from '../shared/address.ts';
import { CliError } from '../shared/error.ts';
import type { FactsOptions } from './facts.ts';

/**
 * What is to be known of a verdict that was given without the mirror that cargo goes through in a folder: what people decided there
 * does not count in it. `undefined` where cargo goes through none, or it was asked.
 */
export async function mirrorHint(
  folder: string,
  { server }: Pick<FactsOptions, 'server'>,
  env = process.env,
): Promise<string | undefined> {
  if (server !== undefined || env.SAFEGUARD_SERVER) return undefined;
  try {
    const route = resolveCratesIo(await readHierarchy(cargoPlace(folder, env)), env);
    // The name that `safeguard init` gives it.
    if (route.kind !== 'registry' || route.name !== 'safeguard') return undefined;
    const url = parseAddress(route.index, route.file);
    return `in this folder cargo goes through ${url}, and this check does not: with --server ${url} it goes by what people decided there`;
  } catch (error) {
    // What is wrong with cargo's configuration is for cargo and `doctor` to say.
    if (!(error instanceof CliError)) throw error;
    return undefined;
  }
}
