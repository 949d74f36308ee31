import { z } from 'zod';
import { most } from '../agent/bounds.ts';
import { type HostChange, type HostMessage, type HostReport, reportVersion } from '../agent/report.ts';
import { standings } from '../store/sightings/store.ts';
import { plain, sha256, short, time } from './contract-words.ts';
import { nextSchema } from './cursor.ts';

// What agents tell /api/v1, and what it says of hosts' processes.

export const states = ['present', 'replaced', 'deleted', 'unpackaged'] as const;
export const standingText =
  'tampered: a signed artefact’s build id and other code or data; known: an artefact; stripped: an artefact’s build id and what it loads, in other bytes; changed: other bytes with an artefact’s build id, and it cannot be told which; unknown: built by nobody here';
const path = plain(most.path);
const buildId = z
  .string()
  .max(most.buildId)
  .regex(/^[0-9a-f]+$/);
export const classes = ['program', 'tls', 'database', 'interpreter', 'compute', 'other'] as const;
export const knownBys = ['database', 'note', 'earlier', 'other'] as const;
export const nameds = ['unit', 'cron', 'path', 'container', 'other'] as const;

/** Positions of files in a message. */
const filePositions = (count: number) => z.array(z.int().min(0).max(most.objects)).max(count);

const session = z.string().regex(/^[A-Za-z0-9-]{1,64}$/);
const sequence = z.int().min(1);

/**
 * What agents tell. Of one of a newer version than this server (`later`) unknown fields are passed over, and an unknown
 * word stands for `other`; else every slip is refused.
 */
function bodies(later: boolean) {
  const object = later ? (z.object as unknown as typeof z.strictObject) : z.strictObject;
  const word = <const T extends readonly string[]>(words: T, other: T[number]) =>
    later
      ? z.enum(words).or(
          z
            .string()
            .max(100)
            .transform(() => other),
        )
      : z.enum(words);

  const loadedObject = object({
    path,
    sha256: sha256.optional(),
    buildId: buildId.optional(),
    state: z.enum(states),
    class: word(classes, 'other').describe('what it is for, by its name'),
    package: plain(most.package).optional().describe('purl of the package of a distribution that it is from'),
    by: word(knownBys, 'other')
      .optional()
      .describe(
        'database: of the distribution; note: the file says so; earlier: that database did while the file was there; other: by what only a newer agent knows',
      ),
    why: plain(most.why).optional().describe('why its package is not known'),
  });
  const loadedObjects = z.array(loadedObject).max(most.objects).optional();

  const installedPrograms = z
    .array(
      object({
        path,
        sha256: sha256.optional(),
        buildId: buildId.optional(),
        segments: sha256.optional().describe('SHA-256 of what its segments bring into memory'),
        named: word(nameds, 'other'),
        by: path,
        needed: filePositions(most.loaded),
        possible: filePositions(most.possible),
      }),
    )
    .max(most.programs)
    .optional()
    .describe('programs that something names which starts programs; absent: as they were');

  const seenProcess = object({
    pid: z.int().min(1),
    started: z.int().min(0),
    path,
    sha256: sha256.optional(),
    buildId: buildId.optional(),
    segments: sha256.optional().describe('SHA-256 of what its segments bring into memory'),
    state: z.enum(states),
    loaded: filePositions(most.loaded).optional().describe('positions in `objects` of what it has mapped'),
    possible: filePositions(most.possible)
      .optional()
      .describe('positions of libraries whose names its executable has in it'),
    stale: z.array(object({ path, state: z.enum(['replaced', 'deleted', 'unpackaged']) })).max(most.stale),
  });
  const seenProcesses = z.array(seenProcess).max(most.processes);
  const hostLabels = {
    version: z
      .int()
      .min(1)
      .max(1000)
      .optional()
      .describe(
        'of what the agent tells; absent: 1. Of a later one than the server’s, what it does not know is left out',
      ),
    host: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,252}$/),
    bootId: z.string().regex(/^[0-9a-f-]{1,64}$/),
    environment: short.optional(),
    team: short.optional(),
    service: short.optional(),
    unread: z.int().min(0),
    age: z.int().min(0).optional().describe('how long ago it was seen, in milliseconds'),
  };
  const report: z.ZodType<HostReport> = object({
    ...hostLabels,
    session: session.optional().describe('of one run of an agent'),
    sequence: sequence.optional(),
    processes: seenProcesses,
    objects: loadedObjects,
    installed: installedPrograms,
  });
  const change: z.ZodType<HostChange> = object({
    ...hostLabels,
    kind: z.literal('change'),
    session,
    sequence: sequence.describe('the next number; one that was taken is not taken again'),
    begun: seenProcesses,
    objects: loadedObjects,
    installed: installedPrograms,
    ended: z.array(object({ pid: z.int().min(1), started: z.int().min(0) })).max(most.processes),
  });
  return { report, change };
}

const exact = bodies(false);
const lenient = bodies(true);

/**
 * Body of `POST /api/v1/sightings`: all that a host runs now, or what is otherwise than by the message before it of the
 * same session.
 */
export const messageSchema = z.union([exact.report, exact.change]);

/** A message as it is taken, or what is wrong with it. */
export type ReadMessage =
  /** `ignored`: fields and words that this server does not know, of an agent of a newer version. */
  | { readonly kind: 'read'; readonly message: HostMessage; readonly ignored: readonly string[] }
  | { readonly kind: 'wrong'; readonly error: z.ZodError };

/** Reads what an agent tells. */
export function readMessage(body: unknown): ReadMessage {
  const { kind, version } = (body ?? {}) as { readonly kind?: unknown; readonly version?: unknown };
  const of = kind === undefined ? 'report' : 'change';
  const known = exact[of].safeParse(body);
  if (known.success) return { kind: 'read', message: known.data, ignored: [] };
  const isLater = typeof version === 'number' && version > reportVersion;
  const read = isLater ? lenient[of].safeParse(body) : known;
  if (!read.success) return { kind: 'wrong', error: read.error };
  const ignored = known.error.issues.flatMap((issue) => {
    const at = issue.path.map((part) => (typeof part === 'number' ? '[]' : `.${String(part)}`)).join('');
    return issue.code === 'unrecognized_keys' ? issue.keys.map((key) => `${at}.${key}`) : [at];
  });
  return { kind: 'read', message: read.data, ignored: [...new Set(ignored)].map((one) => one.slice(1)) };
}

/** Where a host has an artefact, running or installed. */
export const artefactPlace = {
  host: z.string(),
  environment: z.string().nullable(),
  team: z.string().nullable(),
  service: z.string().nullable(),
  path: z.string(),
  since: time,
  seen: time.describe('when the host last reported'),
  tie: z.enum(['digest', 'build-id']).describe('build-id: other bytes of the same build'),
  standing: z.enum(standings).describe(standingText),
};

const starter = {
  named: z.enum(nameds).describe('by what it is started'),
  by: z.string().describe('what names it'),
};

/** Where a binary is installed: something names it which starts programs, and no process of the host runs it. */
export const installedPlaces = z.array(z.object({ ...artefactPlace, ...starter }));

/** Answer to that. */
export const reportedSchema = z.object({
  host: z.string(),
  processes: z.number(),
  begun: z.number().describe('processes that the report before did not have'),
  ended: z.number(),
  ignored: z
    .array(z.string())
    .describe('what of it this server does not know and left out, since its agent is of a newer version'),
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

const { tie: _, ...installedPlace } = { ...artefactPlace, ...starter };

/** `GET /api/v1/installed`: programs that something on a host names which starts programs, and that none of its processes runs. */
export const installedSchema = z.object({
  programs: z.array(
    z.object({ ...installedPlace, digest: sha256.nullable(), buildId: z.string().nullable() }),
  ),
  next: nextSchema,
});

export type InstalledJson = z.infer<typeof installedSchema>;
export type ReportedJson = z.infer<typeof reportedSchema>;
export type SightingsJson = z.infer<typeof sightingsSchema>;
export type InstalledPlaceJson = z.infer<typeof installedPlaces>[number];
