import { z } from 'zod';
import { time } from './contract-words.ts';
import { nextSchema } from './cursor.ts';

// Where artefacts are stated to be deployed: a part of /api/v1.

/** Text that both databases keep as it is. */
const label = z
  .string()
  .min(1)
  .max(200)
  .refine(
    (text) => !/[\p{Cc}]/u.test(text) && text.isWellFormed(),
    'expected text without control characters',
  );

const place = {
  artefact: z.string().min(8).max(80).describe('its id, or 8 digits of it or more'),
  environment: label,
  service: label.optional(),
  host: label.optional().describe('of a host, or of a fleet of them'),
};

/** Body of `POST /api/v1/deployments`. */
export const deploySchema = z.strictObject({
  ...place,
  team: label.optional(),
  since: z.iso.datetime({ offset: true }).optional().describe('absent: from now on'),
  beside: z.boolean().optional().describe('earlier builds of the same stay there, too'),
});

/** Body of `POST /api/v1/deployments/withdraw`. */
export const undeploySchema = z.strictObject({
  ...place,
  reason: z
    .string()
    .min(1)
    .max(1000)
    .refine((text) => !text.includes('\0') && text.isWellFormed(), 'expected text without NUL'),
});

export const deploymentSchema = z.object({
  id: z.string(),
  artefact: z.object({
    id: z.string(),
    name: z.string(),
    project: z.string().nullable(),
    target: z.string().nullable(),
    commit: z.string().nullable(),
  }),
  environment: z.string(),
  service: z.string().nullable(),
  team: z.string().nullable(),
  host: z.string().nullable().describe('as whoever stated it calls it'),
  since: time.describe('since when it is said to be there'),
  stated: z.object({ by: z.string(), at: time }).describe('on whose word: nobody saw it there'),
  ended: z
    .object({ by: z.string(), at: time, why: z.string() })
    .nullable()
    .describe('null: it is there, as far as anybody says'),
});

/** `GET /api/v1/deployments`, the newest first. */
export const deploymentsSchema = z.object({ deployments: z.array(deploymentSchema), next: nextSchema });

/** Answer to `POST /api/v1/deployments`: 201 where it is new, else 200. */
export const deployedSchema = z.object({
  outcome: z.enum(['stated', 'known']),
  deployment: deploymentSchema,
  replaced: z.array(deploymentSchema).describe('earlier builds that are there no more'),
});

/** Answer to `POST /api/v1/deployments/withdraw`. */
export const undeployedSchema = z.object({ deployment: deploymentSchema });

export type DeploymentJson = z.infer<typeof deploymentSchema>;
export type DeploymentsJson = z.infer<typeof deploymentsSchema>;
export type DeployedJson = z.infer<typeof deployedSchema>;
export type UndeployedJson = z.infer<typeof undeployedSchema>;
