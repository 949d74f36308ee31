import { tryParseVersion } from '../../cargo/version.ts';
import type { Suspect } from './verdict.ts';

/** What to type, where a version ends it: cargo takes one that the requirement allows, which the same series does. */
export function nextOf({ component: { kind, name, version }, fixed }: Suspect): string | null {
  if (kind !== 'cargo') return null;
  const [from, to] = [version ?? '', fixed ?? ''].map(tryParseVersion);
  if (from === undefined || to === undefined) return null;
  const isSameSeries =
    from.major === to.major && (from.major > 0n || (from.minor === to.minor && from.minor > 0n));
  return isSameSeries
    ? `cargo update ${name}@${version} --precise ${fixed}`
    : `${name} = "${fixed}" in the Cargo.toml that asks for it, then cargo update`;
}
