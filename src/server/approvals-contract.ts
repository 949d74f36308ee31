import { z } from 'zod';
import { releaseSchema } from './contract.ts';
import { time } from './contract-words.ts';

// The JSON of what people approved of build code, what waits, and how both came about.

/** `GET /api/v1/approvals` */
export const approvalsSchema = z.object({
  kept: z.boolean().describe('whether the organisation keeps a list (`approvals` in server.toml)'),
  unreadable: z.string().nullable().describe('why that list cannot be read'),
  approved: z
    .array(
      z.object({
        crate: z.string(),
        kind: z.enum(['build-script', 'proc-macro', 'helper']),
        version: z.string(),
        by: z.string(),
        at: time,
        reason: z.string(),
        expires: z.string().nullable().describe('a day'),
        standing: z
          .enum(['stands', 'lapsed', 'unread'])
          .describe('unread: taken over when the list was begun, and nobody has read it'),
        capabilities: z.array(z.string()).readonly().describe('what it was approved to do'),
      }),
    )
    .describe('the newest first'),
  waiting: z
    .array(
      z.object({
        rule: z.string(),
        can: z
          .string()
          .nullable()
          .describe('what the code can do, as a clause; null: the rule asks otherwise'),
        releases: z.array(
          releaseSchema.pick({ registry: true, crate: true, version: true, since: true }).extend({
            message: z.string(),
            downloads: z.number().describe('that were refused since it waits'),
          }),
        ),
      }),
    )
    .describe('releases that wait for a person, grouped by what they can do; the largest group first'),
  debt: z
    .array(
      z.object({
        at: time,
        waiting: z.number().describe('releases that waited for a person then'),
        unread: z.number().describe('approvals that nobody read for'),
        lapsed: z.number().describe('approvals whose day was over'),
      }),
    )
    .describe('a week each, the oldest first'),
});

export type ApprovalsJson = z.infer<typeof approvalsSchema>;
