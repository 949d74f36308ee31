import { canonicalName } from '../../cargo/index-path.ts';
import shipped from './shipped-names.json' with { type: 'json' };

/** The list of much used crates that comes with the product, the most used first. */
export const shippedNames: readonly string[] = shipped.names;

/** When the list was found, as epoch milliseconds. */
export const shippedAt: number = Date.parse(shipped.found);

/** What facts name as their source. */
export const shippedSource = `list shipped with Safeguard (${shipped.found.slice(0, 7)})`;

const ranks: ReadonlyMap<string, number> = new Map(
  shippedNames.map((name, i) => [canonicalName(name), i + 1]),
);

/** A crate's place in the shipped list, from 1. */
export function shippedRank(crate: string): number | undefined {
  return ranks.get(canonicalName(crate));
}
