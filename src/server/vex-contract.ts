import { z } from 'zod';
import { vexFormats, vexJustifications, vexStatuses } from '../bom/vex/statement.ts';
import { plain, sha256, time } from './contract-words.ts';
import { nextSchema } from './cursor.ts';

// What is said of advisories in artefacts (VEX): the part of /api/v1.

const anyTime = z.iso.datetime({ offset: true });
const id = plain(200);
const words = plain(4000);

export const newStatementSchema = z.strictObject({
  advisory: id,
  aliases: z.array(id).max(50).default([]),
  release: plain(2000).describe('purl of the release that has the flaw, with its version'),
  product: z
    .strictObject({
      project: plain(2000).optional(),
      target: plain(300).optional(),
      name: plain(300).optional().describe('of the binary, whole'),
      sha256: sha256.optional().describe('of one artefact'),
      label: plain(2000).optional().describe('as a document calls what is none of these'),
    })
    .default({})
    .describe('the artefacts that have the release and are meant'),
  all: z.boolean().optional().describe('all that have it, where `product` says nothing'),
  status: z.enum(vexStatuses),
  justification: z.enum(vexJustifications).optional(),
  impact: words.optional().describe('why it does not strike, in words'),
  action: words.optional().describe('what is to be done, in words'),
  author: plain(300).optional().describe('absent: whose token it is'),
  stated: anyTime.optional().describe('when it was said; absent: now'),
  until: anyTime.describe('when it ends'),
  document: plain(2000).optional().describe('id of the document that it was in'),
});

/** Body of `POST /api/v1/vex`. */
export const stateSchema = z.strictObject({ statements: z.array(newStatementSchema).min(1).max(1000) });

/** Answer to that, in the order of the statements. */
export const takenSchema = z.object({
  results: z.array(
    z.object({
      kind: z.enum(['taken', 'known', 'left']).describe('known: the same is said already; left: not taken'),
      id: z.string().nullable(),
      covers: z
        .number()
        .describe('binaries of a project for a target, and single artefacts, that it is about'),
      single: z
        .number()
        .describe('of them, single artefacts: their project or target is not known, so it ends with them'),
      artefacts: z.number().describe('that have it now'),
      reason: z.string().nullable().describe('why it is left'),
    }),
  ),
});

const coverSchema = z.object({
  project: z.string().nullable(),
  target: z.string().nullable(),
  name: z.string(),
  artefact: sha256.nullable().describe('it is about this one alone'),
  features: z
    .array(z.string())
    .nullable()
    .describe('what the release was compiled with then; null: nobody says'),
});

export const statementSchema = z.object({
  id: z.string(),
  state: z.enum(['valid', 'expired', 'withdrawn']),
  advisory: z.string(),
  aliases: z.array(z.string()).readonly(),
  component: z.string().describe('purl of the release'),
  status: z.enum(vexStatuses),
  justification: z.enum(vexJustifications).nullable(),
  impact: z.string().nullable(),
  action: z.string().nullable(),
  author: z.string(),
  document: z.string().nullable(),
  stated: time,
  until: time,
  by: z.string().describe('name of the token that brought it'),
  taken: time,
  withdrawn: z.object({ at: time, by: z.string(), reason: z.string() }).nullable(),
  about: z.number().describe('how many binaries and single artefacts it is about'),
  covers: z.array(coverSchema).readonly().describe('the first 1000 of them'),
});

/** `GET /api/v1/vex`, the newest first. */
export const statementsSchema = z.object({
  statements: z.array(statementSchema),
  next: nextSchema,
});

/** Body of `POST /api/v1/vex/withdraw`. */
export const withdrawSchema = z.strictObject({ id: z.string().regex(/^[1-9]\d{0,14}$/), reason: words });
export const withdrawnSchema = z.object({ id: z.string() });

export const documentFormat = z.enum(vexFormats);

/** What is said of a release in an artefact, beside where it is. */
export const saidSchema = z.object({
  id: z.string(),
  holds: z
    .enum(['yes', 'expired', 'features'])
    .describe('expired: its time is over; features: it was said of other features than this build has'),
  status: z.enum(vexStatuses),
  justification: z.enum(vexJustifications).nullable(),
  impact: z.string().nullable(),
  action: z.string().nullable(),
  author: z.string(),
  until: time,
});

export type TakenJson = z.infer<typeof takenSchema>;
export type StatementJson = z.infer<typeof statementSchema>;
export type StatementsJson = z.infer<typeof statementsSchema>;
export type SaidJson = z.infer<typeof saidSchema>;
