import { AttestError } from '../../attest/error.ts';
import type { LogProof } from '../../attest/logged.ts';
import type { Timestamp } from '../../attest/timestamp/verify.ts';
import type { AuditHead } from '../../audit/entry.ts';
import { rfc3339 } from '../../server/shape.ts';
import { paint, printable } from '../shared/terminal.ts';

/** What others say of heads, held against whom one believes. */
export interface Held<T> {
  /** What is proved of so many entries, those of most entries last. */
  readonly proved: readonly (T & { readonly count: number })[];
  /** What proves nothing, a sentence each. */
  readonly faults: readonly string[];
  /** Those that were held against nobody, since nobody was given. */
  readonly unchecked: number;
}

/** Holds what was kept with heads against those who were given. */
export function heldAgainst<H extends { readonly head: AuditHead }, T extends object>(
  kept: readonly H[],
  given: readonly unknown[],
  prove: (one: H) => T,
): Held<T> {
  if (given.length === 0) return { proved: [], faults: [], unchecked: kept.length };
  const proved: Held<T>['proved'][number][] = [];
  const faults: string[] = [];
  for (const one of [...kept].sort((a, b) => a.head.count - b.head.count))
    try {
      proved.push({ ...prove(one), count: one.head.count });
    } catch (error) {
      if (!(error instanceof AttestError)) throw error;
      faults.push(`of the head after entry ${one.head.count}: ${error.message}`);
    }
  return { proved, faults, unchecked: 0 };
}

/** How one kind of it is told. */
interface Words<T> {
  readonly one: string;
  readonly many: string;
  /** Whom to give. */
  readonly next: string;
  readonly say: (proof: T, isOne: boolean) => string;
}

export const ofTimestamps: Words<Timestamp> = {
  one: 'timestamp was',
  many: 'timestamps were',
  next: 'give the certificate of who vouches for the service (--timestamp-ca)',
  say: ({ at, authority }, isOne) => `${isOne ? 'was' : 'were'} there at ${rfc3339(at)}, says ${authority}.`,
};

export const ofLogs: Words<LogProof> = {
  one: 'entry of a log was',
  many: 'entries of a log were',
  next: 'give the trusted root that vouches for the log (--trusted-root)',
  say: ({ log, index, at }, isOne) =>
    `${isOne ? 'is' : 'are'} covered by entry ${index} of the log ${log}${at === undefined ? '' : `, which has it since ${rfc3339(at)}`}.`,
};

/** Of a log whose first `anchored` entries are as they were when their head was kept. */
export function sayHeld<T>(held: Held<T>, anchored: number, words: Words<T>): readonly string[] {
  const { faults, unchecked } = held;
  const lines = faults.map((fault) => `${paint('red', '✖')} ${printable(fault)}`);
  if (unchecked > 0)
    lines.push(
      `! ${unchecked} ${unchecked === 1 ? words.one : words.many} held against nobody: ${words.next}`,
    );
  const furthest = furthestOf(held, anchored);
  if (furthest !== undefined)
    lines.push(`${furthest.count} of them ${printable(words.say(furthest, furthest.count === 1))}`);
  return lines;
}

export function heldJson<T extends { readonly at: number | undefined }>(
  held: Held<T>,
  anchored: number,
): object {
  const furthest = furthestOf(held, anchored);
  const { faults, unchecked } = held;
  const told =
    furthest === undefined
      ? null
      : { ...furthest, at: furthest.at === undefined ? null : rfc3339(furthest.at) };
  return { furthest: told, faults, unchecked };
}

/** What is proved of most entries that the log still has as they were. */
function furthestOf<T>({ proved }: Held<T>, anchored: number): Held<T>['proved'][number] | undefined {
  return proved.findLast(({ count }) => count <= anchored);
}
