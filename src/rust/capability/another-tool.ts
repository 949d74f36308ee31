import { isToolchain } from '../toolchain.ts';
import type { Origins } from './origins/walk.ts';

/** Whether a program of which a name is that of a toolchain's may be another one than what these names say. */
export function isAnotherTool(names: readonly string[], origins: Origins): boolean {
  return names.some(isToolchain) && isOtherwise(origins);
}

/**
 * Whether a program is not what its texts say by themselves: letters of them are cut off, exchanged or added, something
 * that is not known may stand for it, or it lies in the package, in a temporary folder or beside the script, whatever it is called.
 */
export function isOtherwise({ altered, joined, bases, unknown, home, variables }: Origins): boolean {
  if (altered) return true;
  if (!joined) return unknown;
  return bases.length > 0
    ? bases.some((base) => ownPlaces.has(base))
    : !unknown && !home && variables.length === 0;
}

/** What paths begin with that lead to what no system brings. */
const ownPlaces: ReadonlySet<string> = new Set([
  ...['', 'temp', 'current_exe', 'OUT_DIR'],
  ...['CARGO_MANIFEST_DIR', 'CARGO_MANIFEST_PATH'],
]);
