import type { AgeFact } from '../facts/age.ts';
import type { Fact } from '../facts/fact.ts';

/**
 * When a release came out: its publication, or its first sight where it appeared after the crate was first seen, since
 * a publication time can be made up. `undefined`: not known.
 */
export function releasedAt(age: Fact<AgeFact>): number | undefined {
  if (age.kind === 'unknown') return undefined;
  const { published, firstSeen, arrival } = age.value;
  if (published === undefined) return firstSeen;
  return arrival === 'new' ? Math.max(published, firstSeen) : published;
}

/** When a crate came out: the earliest time that is known of it. */
export function crateSince(age: Fact<AgeFact>): number | undefined {
  if (age.kind === 'unknown') return undefined;
  const { cratePublished, crateFirstSeen } = age.value;
  return Math.min(cratePublished ?? crateFirstSeen, crateFirstSeen);
}

/** Whether something is younger than a length of time; what has no known time is. */
export function isYounger(since: number | undefined, length: number, now: number): boolean {
  return since === undefined || now < since + length;
}
