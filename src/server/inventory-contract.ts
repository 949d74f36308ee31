import { z } from 'zod';
import type { HostChange, HostReport } from '../agent/report.ts';
import { stages } from '../inventory/exploited/clock.ts';
import { type ArtefactStatement, maxComponents, maxUses } from '../inventory/statement.ts';
import { standings } from '../store/sightings/store.ts';
import { changeOutlineSchema } from './changes-contract.ts';
import { nextSchema } from './cursor.ts';
import { saidSchema } from './vex-contract.ts';

// The inventory's part of /api/v1.

const time = z.iso.datetime().describe('RFC 3339');
/** Text that both databases keep as it is. */
const plain = (most: number) =>
  z
    .string()
    .min(1)
    .max(most)
    .refine((text) => !text.includes('\0') && text.isWellFormed(), 'expected text without NUL');
const short = plain(300);
const long = plain(2000);
const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const position = z.int().min(0).max(maxComponents);
const positions = z.array(position).max(maxUses);
export const formats = ['elf', 'pe', 'macho', 'wasm'] as const;
export const trusts = ['signed', 'unsigned', 'recovered'] as const;
export const verdicts = ['allow', 'hold', 'review', 'deny', 'passed', 'failed'] as const;
const scopes = ['linked', 'build', 'unknown'] as const;
const confidences = ['stated', 'high', 'low'] as const;
const completenesses = ['complete', 'incomplete', 'unknown'] as const;

const statement = {
  name: short,
  version: short.optional(),
  file: z
    .strictObject({
      sha256,
      size: z.int().min(0).optional(),
      buildId: z
        .string()
        .regex(/^[0-9a-f]{1,128}$/)
        .optional(),
      segments: sha256
        .optional()
        .describe('SHA-256 of what its segments bring into memory, which stripping leaves as it is; of ELF'),
      format: z.enum(formats).optional(),
    })
    .optional()
    .describe('absent where nobody showed the file'),
  target: short.optional().describe('target triple'),
  project: long.optional(),
  commit: short.optional(),
  built: z.iso.datetime({ offset: true }).optional(),
  builder: long.optional().describe('who built it, as provenance says'),
  lockfile: sha256.optional().describe('SHA-256 of the Cargo.lock that it was built by'),
  verdict: z
    .strictObject({
      word: z.enum(verdicts).describe('passed, failed: those of other verifiers'),
      policy: sha256.optional().describe('SHA-256 of the policy'),
      at: z.iso.datetime({ offset: true }).optional(),
    })
    .optional()
    .describe('what was said of letting it in'),
  knownBy: z.enum(['list', 'traces']),
  completeness: z.enum(completenesses),
  components: z.array(
    z.strictObject({
      purl: long.optional(),
      name: short,
      version: short.optional().describe('absent where it is not known'),
      source: z.enum(['local', 'git', 'registry']).optional(),
      scope: z.enum(scopes),
      method: z.string().regex(/^[a-z][a-z0-9-]{0,31}$/),
      confidence: z.enum(confidences),
      uses: positions.optional(),
      features: z.array(short).max(1000).optional().describe('absent where they are not known'),
    }),
  ),
  roots: positions.optional(),
};

/** A statement, and the bundles that came with it. */
export type SentArtefact = ArtefactStatement & { readonly bundles?: readonly string[] | undefined };

/** Body of `POST /api/v1/artefacts`. */
export const statementSchema: z.ZodType<SentArtefact> = z.strictObject({
  ...statement,
  bundles: z
    .array(z.string().min(1))
    .max(16)
    .optional()
    .describe('Sigstore bundles about the file: its SBOM and provenance, each as JSON'),
});

export const artefactSchema = z.object({
  id: sha256.describe('the file’s SHA-256; without a file, the digest of what is said of it'),
  name: z.string(),
  version: z.string().nullable(),
  digest: sha256.nullable().describe('SHA-256 of the file; null: nobody showed it'),
  size: z.number().nullable().describe('bytes'),
  buildId: z.string().nullable(),
  segments: sha256
    .nullable()
    .describe(
      'SHA-256 of what its segments bring into memory, which stripping leaves as it is; null: not known',
    ),
  format: z.enum(formats).nullable(),
  target: z.string().nullable(),
  project: z.string().nullable(),
  commit: z.string().nullable(),
  built: time.nullable(),
  trust: z
    .enum(trusts)
    .describe(
      'signed: by a document that somebody signed whom the server goes by; unsigned: on the word of who added it; recovered: by traces in the binary',
    ),
  verdict: z
    .object({
      word: z.enum(verdicts).describe('the gate’s words; passed, failed: those of other verifiers'),
      policy: sha256.nullable().describe('SHA-256 of the policy that it is by'),
      at: time.nullable(),
      signed: z.boolean().describe('false: it is the word of whoever added it'),
    })
    .nullable()
    .describe('what was said of letting it in; null: nobody said'),
  builder: z.string().nullable().describe('who built it, as its provenance says'),
  lockfile: sha256.nullable().describe('SHA-256 of the Cargo.lock that it was built by'),
  signedBy: z.array(z.string()).describe('whose signatures count, in words'),
  session: z
    .enum(['known', 'elsewhere', 'forgotten'])
    .nullable()
    .describe(
      'the session that fetched, where signed provenance names one: opened here; by another server; too old to be known here',
    ),
  refused: z
    .array(
      z.object({
        reason: z.string(),
        by: z.string().describe('name of the token that sent them'),
        first: time,
        last: time,
        times: z.number(),
      }),
    )
    .describe('signatures that came with it and do not count, the newest first'),
  completeness: z.enum(completenesses).describe('whether its components are all that there are'),
  added: time,
  lastSaid: time.describe('when somebody last said the same or more of it'),
  by: z.string(),
});

/** Answer to `POST /api/v1/artefacts`: 201 where it is new, else 200. */
export const addedSchema = z.object({
  outcome: z.enum(['added', 'known', 'extended']),
  artefact: artefactSchema,
  components: z.number().describe('how many are known of it now'),
  unverified: z
    .string()
    .nullable()
    .describe('why the signatures that came with it do not count; null where they do, or there were none'),
});

/** `GET /api/v1/artefacts`, the newest first. */
export const artefactsSchema = z.object({
  artefacts: z.array(artefactSchema),
  count: z.number().describe('all that are meant, on every page'),
  trusts: z
    .object({ signed: z.number(), unsigned: z.number(), recovered: z.number() })
    .describe('of `count`, by how they are known'),
  next: nextSchema,
});

export const componentSchema = z.object({
  component: z.string().describe('its purl; `local:NAME@VERSION` and its like where it has none'),
  kind: z.enum(['cargo', 'local', 'other']),
  name: z.string(),
  version: z.string().nullable().describe('null: not known'),
  source: z.string().nullable(),
});

/** `GET /api/v1/artefacts/ID` */
export const artefactReportSchema = z.object({
  artefact: artefactSchema,
  changes: z
    .array(
      changeOutlineSchema.extend({
        tie: z
          .enum(['lockfile'])
          .describe('lockfile: it was judged with the very Cargo.lock that this was built by'),
        samePolicy: z.boolean().describe('whether the artefact’s verdict is by the policy that judged it'),
      }),
    )
    .describe('verdicts on changes that it was built of, as far as they are kept: the newest ten'),
  components: z.array(
    componentSchema.extend({
      scope: z.enum(scopes),
      method: z.string(),
      confidence: z.enum(confidences),
      relation: z.enum(['own', 'direct', 'transitive', 'unknown']),
    }),
  ),
  count: z.number(),
  next: nextSchema,
});

const changed = z.object({ old: componentSchema, new: componentSchema });

/** `GET /api/v1/artefacts/ID/diff/OTHER` */
export const artefactDiffSchema = z.object({
  old: artefactSchema,
  new: artefactSchema,
  added: z.array(componentSchema),
  removed: z.array(componentSchema),
  changed: z.array(changed).describe('the same name with another version'),
  same: z.number(),
});

/** `GET /api/v1/components`, by name. */
export const componentsSchema = z.object({
  components: z.array(componentSchema.extend({ artefacts: z.number() })),
  next: nextSchema,
});

const states = ['present', 'replaced', 'deleted', 'unpackaged'] as const;
const standingText =
  'tampered: a signed artefact’s build id and other code or data; known: an artefact; stripped: an artefact’s build id and what it loads, in other bytes; changed: other bytes with an artefact’s build id, and it cannot be told which; unknown: built by nobody here';
const path = plain(4200);
const buildId = z.string().regex(/^[0-9a-f]{1,128}$/);
const classes = ['program', 'tls', 'database', 'interpreter', 'compute', 'other'] as const;
const knownBys = ['database', 'note', 'earlier'] as const;
const nameds = ['unit', 'cron', 'path', 'container'] as const;

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

const severity = z.enum(['none', 'low', 'medium', 'high', 'critical']);

const ofHost = {
  host: z.string(),
  environment: z.string().nullable(),
  team: z.string().nullable(),
  service: z.string().nullable(),
  path: z.string().describe('of the program, in its own root'),
  digest: sha256.nullable(),
  since: time.describe('when it was first seen'),
  seen: time.describe('when the host last reported'),
  objects: z.array(
    z.object({
      path: z.string(),
      state: z.enum(states),
      class: z.enum(classes),
      how: z.enum(['loaded', 'needed', 'possible']),
      knownBy: z.enum(knownBys).nullable(),
      component: z.string().describe('purl of its package'),
    }),
  ),
};
const counts = z.object({ hosts: z.number(), processes: z.number() });

const loadedSchema = z.object({
  ...counts.shape,
  possible: counts.describe('of other processes, those whose program has the name of such a library in it'),
  programs: z
    .array(
      z.object({
        ...ofHost,
        pids: z.array(z.number()).describe('the first 20'),
        processes: z.number(),
        restart: z.number().describe('of them, those that run code that is not on disk any more'),
      }),
    )
    .describe('a page of them, by host and path'),
  installed: z
    .array(
      z.object({
        ...ofHost,
        named: z.enum(nameds),
        by: z.string().describe('what names it'),
      }),
    )
    .describe(
      'programs that something will start and that need it, or have its name in them: the first of them',
    ),
  next: z.string().nullable().describe('`loaded-after` of the next page'),
});

/** `GET /api/v1/affected?of=…` */
export const affectedSchema = z.object({
  of: z.string(),
  answer: z
    .enum(['affected', 'unknown', 'none'])
    .describe('unknown: nothing is known to have it, and not of everything is that known'),
  advisories: z.array(
    z.object({
      id: z.string(),
      package: z.string(),
      kind: z.string(),
      title: z.string(),
      date: z.string(),
      url: z.string(),
      aliases: z.array(z.string()).readonly(),
      severity: severity.optional(),
      fixed: z.string().optional().describe('releases that have it not any more, for people'),
    }),
  ),
  releases: z
    .array(
      componentSchema.extend({
        artefacts: z.number(),
        processes: z.number().describe('that have loaded a file of it'),
        fixed: z.string().nullable().describe('the first version that has it not any more'),
        next: z.string().nullable().describe('the shortest upgrade'),
      }),
    )
    .describe('releases that are meant, those of most artefacts first'),
  count: z.number().describe('artefacts that have one of them'),
  total: z.number().describe('artefacts that were asked about'),
  settled: z
    .number()
    .describe(
      'of `count`, those of which statements (VEX) say that none of it strikes, or that it is mended',
    ),
  running: z
    .object({ hosts: z.number(), processes: z.number() })
    .describe('of all that are affected, as hosts last reported'),
  deployed: z.number().describe('places to which one of them is stated to be deployed, where nobody saw it'),
  loaded: loadedSchema.describe(
    'where packages of distributions are loaded, whoever built the program; limits of artefacts leave it out',
  ),
  artefacts: z
    .array(
      z.object({
        artefact: artefactSchema,
        since: time.describe('when it was added'),
        running: z
          .array(
            z.object({
              host: z.string(),
              environment: z.string().nullable(),
              team: z.string().nullable(),
              service: z.string().nullable(),
              path: z.string(),
              processes: z.number(),
              restart: z.number().describe('of them, those that run code that is not on disk any more'),
              since: time,
              seen: time.describe('when the host last reported'),
              tie: z.enum(['digest', 'build-id']).describe('build-id: other bytes of the same build'),
              standing: z.enum(standings).describe(standingText),
            }),
          )
          .describe('hosts that run it, the first 20'),
        deployed: z
          .array(
            z.object({
              environment: z.string(),
              service: z.string().nullable(),
              team: z.string().nullable(),
              host: z.string().nullable(),
              since: time,
              by: z.string().describe('on whose word'),
            }),
          )
          .describe('where it is stated to be deployed, and nobody saw it, the first 20'),
        findings: z.array(
          componentSchema.extend({
            scope: z.enum(scopes),
            method: z.string(),
            confidence: z.enum(confidences),
            relation: z.enum(['own', 'direct', 'transitive', 'unknown']),
            path: z.array(z.string()).describe('names, the project’s own first; empty: not known'),
            said: saidSchema.nullable().describe('what a statement (VEX) says of it here'),
          }),
        ),
      }),
    )
    .describe('a page of them, the newest first'),
  unknown: z
    .array(componentSchema.extend({ reason: z.string(), artefacts: z.number(), processes: z.number() }))
    .describe('releases of which it cannot be known'),
  partlyKnown: z
    .number()
    .describe('artefacts that are not known to have it, but of which not all components are known'),
  ruledOut: z
    .array(z.string())
    .describe('targets that the advisory is not about; their artefacts are left out'),
  missing: z.array(z.string()).describe('why something may be missing, a clause each'),
  exploited: z
    .object({
      since: time.describe('since when that is known here'),
      by: z.array(z.string()).describe('lists, and names of tokens, whose word it is'),
      clock: z.enum(['open', 'done', 'stopped']).nullable().describe('null: no artefact is known to have it'),
      next: z
        .object({ stage: z.enum(stages), due: time.nullable().describe('null: not known yet') })
        .nullable()
        .describe('what is to be submitted next of what article 14 of the Cyber Resilience Act wants'),
    })
    .nullable()
    .optional()
    .describe('whether the advisory is actively exploited; null: nobody says so; absent from older servers'),
  next: nextSchema,
});

export type AffectedJson = z.infer<typeof affectedSchema>;
export type ArtefactJson = z.infer<typeof artefactSchema>;
export type ArtefactsJson = z.infer<typeof artefactsSchema>;
export type ArtefactReportJson = z.infer<typeof artefactReportSchema>;
export type ArtefactDiffJson = z.infer<typeof artefactDiffSchema>;
export type ComponentJson = z.infer<typeof componentSchema>;
export type ComponentsJson = z.infer<typeof componentsSchema>;
export type AddedJson = z.infer<typeof addedSchema>;
