import { z } from 'zod';
import type { StatedPart } from '../inventory/large/upload.ts';
import { headShape, positionSchema, statedShape } from './artefact-contract.ts';
import { sha256, time } from './contract-words.ts';

// Artefacts that are sent in parts.

/** Parts of one upload, and what one of them may hold. */
export const maxParts = 10_000;
export const maxInPart = 10_000;

/** Answer to `POST /api/v1/artefact-uploads`. */
export const uploadBegunSchema = z.object({
  upload: z.string().describe('its id, for the addresses of its parts'),
  until: time.describe('when it is forgotten, unless something of it comes before'),
  most: z.object({
    components: z.number().describe('that all parts may list'),
    uses: z.number().describe('edges that they may have'),
    inPart: z.number().describe('components, lists or roots that one part may have'),
  }),
});

/** Body of `POST /api/v1/artefact-uploads/ID/parts/NUMBER`: one of the three. */
export const partSchema: z.ZodType<StatedPart> = z
  .strictObject({
    components: z.array(z.strictObject(statedShape)).min(1).max(maxInPart).optional(),
    uses: z
      .array(z.tuple([positionSchema, z.array(positionSchema).max(1_000_000)]))
      .min(1)
      .max(maxInPart)
      .optional()
      .describe('the position of a component, and those of what it needs'),
    roots: z
      .array(positionSchema)
      .max(maxInPart)
      .optional()
      .describe('positions of the components that the artefact itself is, or needs'),
  })
  .refine((part) => Object.values(part).filter((one) => one !== undefined).length === 1, {
    message: 'give one of components, uses and roots',
  })
  .describe('positions count from 0 through the components of all parts, in the order of the parts');

export const partTakenSchema = z.object({
  outcome: z.enum(['taken', 'known']).describe('known: it was there'),
  sha256: sha256.describe('of its bytes'),
});

/** `GET /api/v1/artefact-uploads/ID` */
export const uploadSchema = z.object({
  parts: z.array(z.object({ number: z.number(), sha256 })),
  components: z.number(),
  uses: z.number(),
  ended: z.boolean(),
});

/** Body of `POST /api/v1/artefact-uploads/ID/end`. */
export const uploadEndSchema = z.strictObject({
  artefact: z
    .strictObject(headShape)
    .describe('as for `POST /api/v1/artefacts`, but for its components and roots'),
  parts: z.array(sha256).min(1).max(maxParts).describe('SHA-256 of the bytes of each part, from 1 on'),
  bundles: z.array(z.string().min(1)).max(16).optional(),
});

export type UploadBegunJson = z.infer<typeof uploadBegunSchema>;
export type UploadJson = z.infer<typeof uploadSchema>;
export type PartTakenJson = z.infer<typeof partTakenSchema>;
