import { z } from 'zod';
import { colours } from '../rust/colours.ts';
import { releaseStates } from './contract.ts';

// The JSON of a release's code, as a person reads it.

const place = { file: z.string(), line: z.number().describe('1-based') };

/** What `GET /api/v1/releases/{crate}/{version}/code` takes. */
export const codeQuerySchema = z.object({
  registry: z.string().max(200).optional().describe('an upstream by name; absent: the default one'),
  against: z
    .string()
    .max(200)
    .optional()
    .describe(
      'the version that it is compared with; absent: the newest before it that is handed out here, else the one before it',
    ),
});

/** Answer to it. */
export const codeSchema = z.object({
  crate: z.string(),
  version: z.string(),
  checksum: z.string().describe('SHA-256, lower-case hex'),
  against: z.string().optional().describe('the version that it was compared with; absent: none'),
  againstState: z.enum(releaseStates).optional().describe('where that one stands'),
  tier: z.enum(['standard', 'build-script', 'proc-macro']),
  reasons: z.array(z.string()).readonly(),
  summary: z.string().describe('what it does, in a sentence'),
  capabilities: z
    .array(
      z.object({
        part: z.enum(['build-script', 'macros', 'library']),
        kind: z.string(),
        family: z.string(),
        says: z.string().describe('as a clause, such as `runs a program`'),
        name: z.string().optional(),
        ...place,
        code: z.string(),
        confidence: z.enum(['certain', 'likely', 'possible']),
        emitted: z.literal(true).optional(),
        grave: z.boolean().describe('whether it needs somebody’s yes'),
        added: z.literal(true).optional().describe('the version that it was compared with could not'),
      }),
    )
    .readonly(),
  gone: z.array(z.string()).readonly().describe('what that version could do and this one cannot, as clauses'),
  opaque: z
    .array(z.object({ ...place, reason: z.string(), unread: z.literal(true).optional() }))
    .readonly()
    .describe('what nobody can read'),
  diff: z
    .array(
      z.object({
        code: z.enum(['build-script', 'proc-macro', 'helper']),
        kind: z.enum(['added', 'removed', 'changed']),
        item: z.string(),
        ...place,
        patch: z.string().describe('a unified diff'),
      }),
    )
    .readonly(),
  colours: z.array(z.enum(colours)).readonly().describe('what the third of each three numbers below is'),
  files: z
    .array(
      z.object({
        path: z.string(),
        text: z.string(),
        colours: z
          .array(z.number())
          .readonly()
          .describe('three a stretch: UTF-16 units after the end of the one before, length, colour'),
        binary: z.literal(true).optional().describe('it is no text'),
      }),
    )
    .readonly(),
  more: z.number().describe('files that are not shown: too long, or too many'),
});
export type CodeJson = z.infer<typeof codeSchema>;
