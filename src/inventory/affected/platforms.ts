import { targetOf } from '../../cargo/cfg/target.ts';
import { CargoError } from '../../cargo/error.ts';
import type { Advisory } from '../../facts/advisories/advisory.ts';

/** Whether an advisory is not about a target: a platform excludes one only where both sides name theirs. */
export function isRuledOut({ arch, os }: Advisory['platforms'], triple: string): boolean {
  if (arch.length === 0 && os.length === 0) return false;
  const cfg = cfgOf(triple);
  if (cfg === undefined) return false;
  const meets = (key: string, named: readonly string[]) =>
    named.length === 0 || named.some((value) => cfg.has(`${key}="${value}"`));
  return !meets('target_arch', arch) || !meets('target_os', os);
}

/** What rustc sets for a target; `undefined` for one that it does not list, of which nothing is known. */
function cfgOf(triple: string): ReadonlySet<string> | undefined {
  try {
    return targetOf(triple).cfg;
  } catch (error) {
    if (error instanceof CargoError) return undefined;
    throw error;
  }
}
