import type { X509Certificate } from 'node:crypto';
import { AttestError } from '../../attest/error.ts';
import { type StampedHead, timeOfHead } from '../../server/audit/timestamps.ts';
import { rfc3339 } from '../../server/shape.ts';
import { paint, printable } from '../shared/terminal.ts';

/** What timestamps of heads prove. */
export interface Stamps {
  /** That so many entries were there at a time (epoch milliseconds), those of most entries last. */
  readonly proved: readonly { readonly count: number; readonly at: number; readonly authority: string }[];
  /** Timestamps that prove nothing, a sentence each. */
  readonly faults: readonly string[];
  /** Those that were held against nobody, since nobody was given. */
  readonly unchecked: number;
}

/** Holds timestamps against the authorities that were given. */
export function heldAgainst(
  stamped: readonly StampedHead[],
  authorities: readonly X509Certificate[],
): Stamps {
  if (authorities.length === 0) return { proved: [], faults: [], unchecked: stamped.length };
  const proved: Stamps['proved'][number][] = [];
  const faults: string[] = [];
  for (const one of [...stamped].sort((a, b) => a.head.count - b.head.count))
    try {
      proved.push({ count: one.head.count, ...timeOfHead(one, authorities) });
    } catch (error) {
      if (!(error instanceof AttestError)) throw error;
      faults.push(`of the head after entry ${one.head.count}: ${error.message}`);
    }
  return { proved, faults, unchecked: 0 };
}

/** Of a log whose first `anchored` entries are as they were when their head was kept. */
export function sayStamps(stamps: Stamps, anchored: number): readonly string[] {
  const { faults, unchecked } = stamps;
  const lines = faults.map((fault) => `${paint('red', '✖')} ${printable(fault)}`);
  if (unchecked > 0)
    lines.push(
      `! ${unchecked} ${unchecked === 1 ? 'timestamp was' : 'timestamps were'} held against nobody: give the certificate of who vouches for the service (--timestamp-ca)`,
    );
  const furthest = furthestOf(stamps, anchored);
  if (furthest !== undefined)
    lines.push(
      `${furthest.count} of them ${furthest.count === 1 ? 'was' : 'were'} there at ${rfc3339(furthest.at)}, says ${printable(furthest.authority)}.`,
    );
  return lines;
}

export function stampsJson(stamps: Stamps, anchored: number): object {
  const furthest = furthestOf(stamps, anchored);
  return {
    furthest: furthest === undefined ? null : { ...furthest, at: rfc3339(furthest.at) },
    faults: stamps.faults,
    unchecked: stamps.unchecked,
  };
}

/** The timestamp of most entries that the log still has as they were. */
function furthestOf({ proved }: Stamps, anchored: number): Stamps['proved'][number] | undefined {
  return proved.findLast(({ count }) => count <= anchored);
}
