import { z } from 'zod';
import { exposureEnds, exposureWays } from '../store/exposures/records.ts';
import { rankedSchema } from './affected-contract.ts';
import { time } from './contract-words.ts';
import { nextSchema } from './cursor.ts';

const exposureSchema = z.object({
  id: z.string(),
  state: z.enum(['open', 'closed']),
  restart: z
    .boolean()
    .describe('it is open, and all of its processes run what is not on disk any more: an upgrade is there'),
  advisory: z.string(),
  aliases: z.array(z.string()),
  title: z.string().nullable().describe('null: the advisory does not strike it any more'),
  url: z.string().nullable(),
  component: z.string().nullable().describe('purl of the release, or what stands for it'),
  fixed: z.string().nullable().describe('the first version that has it not any more'),
  host: z.string().nullable().describe('null: it is stated to be deployed, and to no host in particular'),
  environment: z.string().nullable(),
  team: z.string().nullable(),
  service: z.string().nullable(),
  program: z.string().describe('its path; the artefact’s name where it is stated to be deployed'),
  way: z
    .enum([...exposureWays, 'unknown'])
    .describe(
      'artefact: the program was built with it; library: it has loaded it; installed: the program was built with it, and is installed and was not seen running; stated: the artefact is stated to be deployed, and nobody saw it there; unknown: a later version of the server found it in another way',
    ),
  statedBy: z.string().nullable().describe('who stated that it is deployed; null: it was seen'),
  artefact: z
    .object({
      id: z.string(),
      name: z.string(),
      target: z.string().nullable(),
      commit: z.string().nullable(),
    })
    .nullable(),
  ranked: rankedSchema,
  path: z.array(z.string()).describe('host or place, program, the project’s own package, …, the release'),
  knownSince: time.describe('when the server first knew that the advisory strikes the release'),
  runningSince: time.describe(
    'when a process of it was first seen, or the program where none runs; or since when it is said to be deployed',
  ),
  opened: time,
  closed: time.nullable(),
  ended: z
    .object({ by: z.enum([...exposureEnds, 'unknown']), why: z.string().nullable() })
    .nullable()
    .describe(
      'gone: no process of it runs, and it is not installed; stated: a statement (VEX) says that it is not struck; withdrawn: the advisory strikes it no more; retired: its host was taken out of service; unknown: a later version of the server ended it for another reason; null: open',
    ),
});

/** `GET /api/v1/exposures`, the newest first. */
export const exposuresSchema = z.object({
  exposures: z.array(exposureSchema),
  next: nextSchema,
});

export type ExposureJson = z.infer<typeof exposureSchema>;
export type ExposuresJson = z.infer<typeof exposuresSchema>;
