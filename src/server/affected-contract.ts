import { z } from 'zod';
import { stages } from '../inventory/exploited/clock.ts';
import { artefactSchema, componentSchema, confidences, scopes } from './artefact-contract.ts';
import { sha256, time } from './contract-words.ts';
import { nextSchema } from './cursor.ts';
import { artefactPlace, classes, installedPlaces, knownBys, nameds, states } from './sighting-contract.ts';
import { saidSchema } from './vex-contract.ts';

// What /api/v1/affected answers.

/** Why something ranks behind the rest. */
export const rankedSchema = z
  .object({
    functions: z.array(z.string()).readonly().describe('that the advisory is about'),
    reason: z.string(),
  })
  .nullable()
  .optional()
  .describe(
    'why it ranks behind others: the debug information of the artefact has no code of the functions that the advisory names. It counts all the same, and is not said to be not affected. null: that is not proven; absent from older servers',
  );

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
        next: z.string().nullable().describe('the shortest upgrade: of several artefacts that of most'),
        obstacle: z
          .string()
          .nullable()
          .describe(
            'why no line of cargo’s does it: whose requirement stands in the way; null: one does, or it is not known',
          ),
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
  installed: z
    .object({ hosts: z.number(), programs: z.number() })
    .describe(
      'of all that are affected: programs that something on a host starts, and that it does not run now',
    ),
  deployed: z.number().describe('places to which one of them is stated to be deployed, where nobody saw it'),
  loaded: loadedSchema.describe(
    'where packages of distributions are loaded, whoever built the program; limits of artefacts leave it out',
  ),
  artefacts: z
    .array(
      z.object({
        artefact: artefactSchema,
        upgrade: z
          .object({
            commands: z.array(z.string()).describe('to be run one after another where it was built'),
            obstacles: z
              .array(z.string())
              .describe('for what they do not end, whose requirement stands in the way'),
          })
          .nullable()
          .describe(
            'what rids it of all of that; null: its list has no edges that lead there, the mirror knows no releases, or it is not one of the first',
          ),
        since: time.describe('when it was added'),
        running: z
          .array(
            z.object({
              ...artefactPlace,
              processes: z.number(),
              restart: z.number().describe('of them, those that run code that is not on disk any more'),
            }),
          )
          .describe('hosts that run it, the first 20'),
        installed: installedPlaces.describe(
          'hosts where it is installed and was not seen running, the first 20',
        ),
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
            ranked: rankedSchema,
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
