import { z } from 'zod';
import { releaseSchema } from './contract.ts';
import { time } from './contract-words.ts';

// The JSON of the policy in force, and of what another one would have done.

/** What `GET /api/v1/policy` takes. */
export const policyQuerySchema = z.strictObject({
  limit: z.coerce.number().int().min(1).max(200).default(20).describe('policies of the past'),
});

/** Answer to it. */
export const policySchema = z.object({
  digest: z.string(),
  since: time,
  text: z.string().describe('the file as it was read'),
  settings: z.array(
    z.object({
      section: z.string(),
      key: z.string(),
      description: z.string(),
      value: z.unknown().describe('as a person writes it; null: not set'),
      default: z.unknown(),
      origin: z.enum(['default', 'organisation', 'project']),
      line: z.number().nullable().describe('in the file, 1-based'),
    }),
  ),
  rules: z
    .array(
      z.object({
        id: z.string(),
        effect: z.string(),
        when: z.string(),
        dryRun: z.boolean().describe('whether it is tried out: it warns of what it would do'),
      }),
    )
    .describe('its own rules'),
  waivers: z.array(
    z.object({
      rule: z.string(),
      crate: z.string(),
      version: z.string(),
      by: z.string(),
      reason: z.string(),
      expires: z.string(),
    }),
  ),
  saving: z
    .object({
      file: z.string().nullable().describe('where a policy is saved; null: the server was named no file'),
      isPossible: z.boolean().describe('whether this server can write there'),
      people: z.number().describe('how many different people must want a policy before it comes into force'),
    })
    .describe('what it takes to put another one in force from here'),
  proposals: z
    .array(z.object({ digest: z.string(), by: z.string(), at: time, reason: z.string(), text: z.string() }))
    .describe('policies that somebody wants in the place of this one, and that wait for others'),
  history: z
    .array(
      z.object({
        digest: z.string(),
        at: time,
        text: z.string(),
        by: z.string().nullable().describe('who put it in force, as the audit log has it'),
        reason: z.string().nullable().describe('why; null: nobody said'),
      }),
    )
    .describe('policies that were put in force, the newest first'),
});

/** Body of `POST /api/v1/policy`. */
export const savePolicySchema = z.strictObject({
  text: z
    .string()
    .max(500_000)
    .refine((text) => text.isWellFormed(), 'expected Unicode')
    .describe('the whole policy, as its file is to have it; tried before, by POST /api/v1/policy/simulate'),
  reason: z.string().trim().min(1).max(2000),
  base: z.string().min(1).max(100).describe('digest of the policy in force that it was begun from'),
});

/** Answer to it. */
export const savedPolicySchema = z.object({
  outcome: z.enum(['active', 'waits']).describe('waits: it takes another person who saves the very same'),
  digest: z.string(),
  message: z.string(),
});

/** Body of `POST /api/v1/policy/simulate`. */
export const simulateSchema = z.strictObject({
  text: z.string().max(500_000).describe('a policy, as its file would have it'),
  days: z.number().int().min(1).max(365).default(30).describe('how much of the past'),
  registry: z.string().max(200).optional().describe('an upstream by name; absent: the default one'),
});

const outcomes = z.object({
  atOnce: z.number().describe('handed out when they came out'),
  later: z.number().describe('handed out when a hold was over'),
  held: z.number().describe('still held'),
  review: z.number().describe('wait for a person'),
  denied: z.number(),
});

const outcome = z.object({
  kind: z.enum(['admitted', 'held', 'review', 'denied']),
  at: time.optional().describe('when it was handed out'),
  until: time.optional().describe('when its hold ends'),
});

/** Answer to it. */
export const simulatedSchema = z.object({
  digest: z.string().describe('of the policy that was tried'),
  isSame: z.boolean().describe('it judges as the one in force does'),
  changed: z.array(
    z.object({ section: z.string(), key: z.string(), before: z.unknown(), after: z.unknown() }),
  ),
  since: time,
  until: time,
  crates: z.number(),
  isPart: z.boolean().describe('there are more crates than were looked at'),
  releases: z.number(),
  before: outcomes,
  after: outcomes,
  count: z.number().describe('releases that would have ended otherwise, or at another time'),
  differing: z
    .array(
      releaseSchema.pick({ crate: true, version: true }).extend({
        published: time,
        before: outcome,
        after: outcome,
        rules: z.array(z.string()).readonly(),
      }),
    )
    .describe('of those the newest 200'),
});

export type SavedPolicyJson = z.infer<typeof savedPolicySchema>;
export type PolicyJson = z.infer<typeof policySchema>;
export type SimulatedJson = z.infer<typeof simulatedSchema>;
