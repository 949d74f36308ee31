import { z } from 'zod';
import { time } from './contract-words.ts';
import { nextSchema } from './cursor.ts';

// Hosts that report what they run: a part of /api/v1.

/** `GET /api/v1/hosts`, by name. */
export const hostsSchema = z.object({
  hosts: z.array(
    z.object({
      host: z.string(),
      environment: z.string().nullable(),
      team: z.string().nullable(),
      service: z.string().nullable(),
      seen: time.describe('when it last reported'),
      by: z.string().describe('name of the token that reported'),
      agent: z
        .object({ version: z.number(), newer: z.boolean() })
        .describe(
          'the version of its reports; newer: later than this server knows, which leaves out what it does not',
        ),
      processes: z.number().describe('whose programs could be read'),
      unread: z.number().describe('processes that its agent could not read'),
      exposures: z.number().describe('that are open on it'),
      retired: z
        .object({ at: time, by: z.string() })
        .nullable()
        .describe('since when it is out of service; null: it is in service'),
    }),
  ),
  next: nextSchema,
});

/** Body of `POST /api/v1/hosts/retire`. */
export const retireSchema = z.strictObject({
  host: z.string().min(1).max(253),
  reason: z
    .string()
    .min(1)
    .max(1000)
    .refine((text) => !text.includes('\0') && text.isWellFormed(), 'expected text without NUL'),
});

export const retiredSchema = z.object({
  host: z.string(),
  processes: z.number().describe('that ran on it, as far as its last report says'),
});

export type HostsJson = z.infer<typeof hostsSchema>;
export type RetiredJson = z.infer<typeof retiredSchema>;
