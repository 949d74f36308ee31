import { z } from 'zod';
import type { HostChange, HostReport } from '../agent/report.ts';
import { standings } from '../store/sightings/store.ts';
import { long, plain, sha256, short, time } from './contract-words.ts';
import { nextSchema } from './cursor.ts';

// What agents tell /api/v1, and what it says of hosts' processes.

export const states = ['present', 'replaced', 'deleted', 'unpackaged'] as const;
export const standingText =
  'tampered: a signed artefact’s build id and other code or data; known: an artefact; stripped: an artefact’s build id and what it loads, in other bytes; changed: other bytes with an artefact’s build id, and it cannot be told which; unknown: built by nobody here';
const path = plain(4200);
const buildId = z.string().regex(/^[0-9a-f]{1,128}$/);
export const classes = ['program', 'tls', 'database', 'interpreter', 'compute', 'other'] as const;
export const knownBys = ['database', 'note', 'earlier'] as const;
export const nameds = ['unit', 'cron', 'path', 'container'] as const;

/** Positions of files in a message. */
const filePositions = (most: number) => z.array(z.int().min(0).max(100_000)).max(most);

const loadedObject = z.strictObject({
  path,
  sha256: sha256.optional(),
  buildId: buildId.optional(),
  state: z.enum(states),
  class: z.enum(classes).describe('what it is for, by its name'),
  package: long.optional().describe('purl of the package of a distribution that it is from'),
  by: z
    .enum(knownBys)
    .optional()
    .describe(
      'database: of the distribution; note: the file says so; earlier: that database did while the file was there',
    ),
  why: plain(1000).optional().describe('why its package is not known'),
});
const loadedObjects = z.array(loadedObject).max(100_000).optional();

const installedPrograms = z
  .array(
    z.strictObject({
      path,
      sha256: sha256.optional(),
      buildId: buildId.optional(),
      named: z.enum(nameds),
      by: path,
      needed: filePositions(2000),
      possible: filePositions(200),
    }),
  )
  .max(20_000)
  .optional()
  .describe('programs that something names which starts programs; absent: as they were');

const seenProcess = z.strictObject({
  pid: z.int().min(1),
  started: z.int().min(0),
  path,
  sha256: sha256.optional(),
  buildId: buildId.optional(),
  segments: sha256.optional().describe('SHA-256 of what its segments bring into memory'),
  state: z.enum(states),
  loaded: filePositions(2000).optional().describe('positions in `objects` of what it has mapped'),
  possible: filePositions(200)
    .optional()
    .describe('positions of libraries whose names its executable has in it'),
  stale: z.array(z.strictObject({ path, state: z.enum(['replaced', 'deleted', 'unpackaged']) })).max(200),
});
const seenProcesses = z.array(seenProcess).max(20_000);
const session = z.string().regex(/^[A-Za-z0-9-]{1,64}$/);
const sequence = z.int().min(1);
const hostLabels = {
  host: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,252}$/),
  bootId: z.string().regex(/^[0-9a-f-]{1,64}$/),
  environment: short.optional(),
  team: short.optional(),
  service: short.optional(),
  unread: z.int().min(0),
  age: z.int().min(0).optional().describe('how long ago it was seen, in milliseconds'),
};

/** Body of `POST /api/v1/sightings`: all that a host runs now. */
export const reportSchema: z.ZodType<HostReport> = z.strictObject({
  ...hostLabels,
  session: session.optional().describe('of one run of an agent'),
  sequence: sequence.optional(),
  processes: seenProcesses,
  objects: loadedObjects,
  installed: installedPrograms,
});

/** The other body: what is otherwise than by the message before it of the same session. */
export const changeSchema: z.ZodType<HostChange> = z.strictObject({
  ...hostLabels,
  kind: z.literal('change'),
  session,
  sequence: sequence.describe('the next number; one that was taken is not taken again'),
  begun: seenProcesses,
  objects: loadedObjects,
  installed: installedPrograms,
  ended: z.array(z.strictObject({ pid: z.int().min(1), started: z.int().min(0) })).max(20_000),
});

export const messageSchema = z.union([reportSchema, changeSchema]);

/** Answer to that. */
export const reportedSchema = z.object({
  host: z.string(),
  processes: z.number(),
  begun: z.number().describe('processes that the report before did not have'),
  ended: z.number(),
});

/** `GET /api/v1/sightings`: processes that have not ended. */
export const sightingsSchema = z.object({
  processes: z.array(
    z.object({
      host: z.string(),
      pid: z.number(),
      path: z.string(),
      digest: sha256.nullable(),
      buildId: z.string().nullable(),
      standing: z.enum(standings).describe(standingText),
      state: z.enum(states),
      stale: z.array(z.object({ path: z.string(), state: z.enum(states) })).readonly(),
      restart: z.boolean().describe('it runs code that is not on disk any more'),
      since: time.describe('when it was first seen'),
    }),
  ),
  next: nextSchema,
});

export type ReportedJson = z.infer<typeof reportedSchema>;
export type SightingsJson = z.infer<typeof sightingsSchema>;
