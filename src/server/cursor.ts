import { z } from 'zod';

// Where a list goes on: `next` of one page is `after` of the next request.

/** `next` of a list. */
export const nextSchema = z.string().nullable().describe('`after` of the next page; null: that was all');

/** `after` of a list whose place is more than a number. */
export const cursorSchema = z
  .string()
  .max(2000)
  .regex(/^[A-Za-z0-9_-]+$/)
  .describe('`next` of the page before');

/** Text within such a place; no database has NUL in a text. */
export const placeText = z.string().refine((text) => !text.includes('\0'));

/** A place in a list as a cursor. */
export function cursorOf(place: readonly (string | number | null)[]): string {
  return Buffer.from(JSON.stringify(place)).toString('base64url');
}

/** The place that a cursor names; undefined: it is of another list. */
export function placeOf<Place>(cursor: string, schema: z.ZodType<Place>): Place | undefined {
  try {
    return schema.safeParse(JSON.parse(Buffer.from(cursor, 'base64url').toString())).data;
  } catch {
    return undefined;
  }
}
