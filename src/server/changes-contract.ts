import { z } from 'zod';
import { gateVerdictSchema } from '../gate/report/schema.ts';
import { time } from './contract-words.ts';
import { nextSchema } from './cursor.ts';

// Verdicts on changes of lockfiles that were given before: the part of /api/v1.

/** What people call a change; an address of it is shown as a link. */
export const changeName = z
  .string()
  .min(1)
  .max(300)
  .refine((text) => text.isWellFormed() && !/\p{Cc}/u.test(text), 'expected one line of text');

/** A commit of git, by its whole id. */
export const commitId = z
  .string()
  .regex(/^[0-9a-f]{40}(?:[0-9a-f]{24})?$/, 'expected the whole id of a commit');

/** What `GET /api/v1/changes` takes. */
export const changesQuerySchema = z.strictObject({
  verdict: z.enum(['allow', 'hold', 'review', 'deny']).optional(),
  name: z.string().min(1).max(300).optional().describe('part of what it is called'),
  after: z.coerce.number().int().min(1).optional(),
  limit: z.coerce.number().int().min(1).max(500).default(100),
});

export const changeOutlineSchema = z.object({
  id: z.string().describe('stays the same where the same change is judged again'),
  name: z.string(),
  file: z.string().describe('the lockfile, as findings name it'),
  at: time,
  by: z.string().describe('name of the token that asked'),
  judged: z
    .enum(['server', 'project'])
    .describe('project: where the project is, by this server’s facts, and told by who asked'),
  compared: z.boolean().describe('false: the whole lockfile was judged'),
  verdict: z.enum(['allow', 'hold', 'review', 'deny']),
  until: time.nullable(),
  policy: z.string().describe('digest of the policy that judged it'),
  changes: z.number(),
  findings: z.number(),
  commit: z.string().nullable().describe('the commit that was judged; null: nobody said'),
  headCommit: z
    .string()
    .nullable()
    .describe('the pull request’s own newest commit, where a merge of it was judged'),
});

/** `GET /api/v1/changes`, the newest first. */
export const changesListSchema = z.object({
  changes: z.array(changeOutlineSchema),
  next: nextSchema,
});

/** `GET /api/v1/changes/{id}`. */
export const keptChangeSchema = changeOutlineSchema.extend({ report: gateVerdictSchema });

/** Body of `POST /api/v1/changes/told`: a verdict that was given where the project is. */
export const toldChangeSchema = z.strictObject({
  name: changeName,
  file: z.string().min(1).max(2000),
  compared: z.boolean(),
  lockfile: z.string().describe('the new Cargo.lock'),
  base: z.string().optional().describe('the Cargo.lock of before'),
  report: gateVerdictSchema,
  commit: commitId.optional().describe('the commit that was judged, where nothing differed from it'),
  headCommit: commitId
    .optional()
    .describe('the pull request’s own newest commit, where that is a merge of it'),
});

/** Answer to it. */
export const toldAnswerSchema = z.object({ id: z.string() });

export type ChangeOutlineJson = z.infer<typeof changeOutlineSchema>;
export type ChangesListJson = z.infer<typeof changesListSchema>;
export type KeptChangeJson = z.infer<typeof keptChangeSchema>;
