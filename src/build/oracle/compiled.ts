import type { Resolution } from '../../cargo/resolve/resolve.ts';
import type { CargoMessage } from '../run/messages.ts';
import { disagreements, packageById, resolvedPackages } from './seen.ts';

/** Where what cargo said that it compiled differs from the resolution, as sentences; none: they agree. */
export function differencesFrom(
  { packages }: Pick<Resolution, 'packages'>,
  messages: readonly CargoMessage[],
): readonly string[] {
  const compiled = messages.flatMap((message) =>
    message.kind === 'artefact' ? (packageById(message.package.id, undefined, message.features) ?? []) : [],
  );
  return disagreements('what cargo compiled', compiled, resolvedPackages(packages, false));
}
