import { z } from 'zod';
import { decisionSchema, quarantineActSchema, releaseSchema, statesQuerySchema } from './contract.ts';
import { time } from './contract-words.ts';
import { cursorSchema, nextSchema } from './cursor.ts';

// The JSON of who needs what.

/** Body of `POST /api/v1/requests`. */
export const requestActSchema = quarantineActSchema.extend({ version: z.string().min(1) });

/** What `GET /api/v1/requests` takes. */
export const requestQuerySchema = z.strictObject({
  state: statesQuerySchema,
  crate: z.string().max(64).optional(),
  version: z.string().max(200).optional(),
  registry: z.string().max(200).optional(),
  by: z.string().max(200).optional().describe('a person'),
  limit: z.coerce.number().int().min(1).max(1000).default(100),
  after: cursorSchema.optional(),
});

/** Answer to it: those that most people need first. */
export const requestsSchema = z.object({
  requests: z.array(
    z.object({
      release: releaseSchema,
      asked: z.array(z.object({ by: z.string(), reason: z.string(), at: time })).describe('oldest first'),
      parts: z
        .array(
          z.object({
            rule: z.string(),
            message: z.string(),
            owners: z.array(z.string()).readonly().describe('who alone answers it; none: whoever decides'),
            answered: z.boolean().describe('whether enough people answered it'),
          }),
        )
        .describe('what of it waits, or waited, for a person'),
      decisions: z.array(decisionSchema).describe('newest first'),
    }),
  ),
  next: nextSchema,
});

export type RequestsJson = z.infer<typeof requestsSchema>;
export type RequestJson = RequestsJson['requests'][number];
