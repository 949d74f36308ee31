import { z } from 'zod';
import type { WantedPlace } from '../store/decisions.ts';
import { cursorOf, placeOf, placeText } from './cursor.ts';

/** What the list of releases is ordered by: the time of their state, its end, or how many wait. */
export type QuarantineOrder = 'since' | 'until' | 'waiting';

const placeSchema = z.tuple([
  z.string(),
  z.int(),
  z.int(),
  z.int().nullable(),
  placeText,
  placeText,
  z.int(),
  placeText,
]);

/** The cursor behind a release in the list that is ordered so. */
export function quarantineCursor({ release, waiting }: WantedPlace, by: QuarantineOrder): string {
  const { stateSince, until, registry, key, position, version } = release;
  return cursorOf([by, waiting, stateSince, until, registry, key, position, version]);
}

/** The place that a cursor names; undefined: it is of another list. */
export function quarantinePlace(cursor: string, by: QuarantineOrder): WantedPlace | undefined {
  const place = placeOf(cursor, placeSchema);
  if (place?.[0] !== by) return undefined;
  const [, waiting, stateSince, until, registry, key, position, version] = place;
  return { release: { stateSince, until, registry, key, position, version }, waiting };
}
