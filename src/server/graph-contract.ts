import { z } from 'zod';
import { maxLockfileBytes } from '../gate/project/lockfile-reader.ts';
import { releaseStates } from './contract.ts';

// A lockfile, or what an artefact is made of, as a graph: the part of /api/v1.

/** What `GET /api/v1/graph` takes: a change or an artefact. */
export const graphQuerySchema = z.strictObject({
  change: z.string().min(1).max(64).optional().describe('id of a kept change'),
  side: z.enum(['after', 'before']).default('after').describe('which of its lockfiles'),
  artefact: z.string().min(1).max(64).optional().describe('id of an artefact, or how it begins'),
});

/** Body of `POST /api/v1/graph`. It is kept nowhere. */
export const graphRequestSchema = z.strictObject({
  lockfile: z.string().max(maxLockfileBytes).describe('a Cargo.lock'),
});

/** Answer to both. */
export const graphSchema = z.object({
  title: z.string(),
  nodes: z.array(
    z.object({
      name: z.string(),
      version: z.string(),
      source: z.string().nullable().describe('null: of the project itself, or not known'),
      isOwn: z.boolean().describe('a part of the project itself'),
      registry: z.string().nullable().describe('the upstream that it is from; null: none of this server’s'),
      state: z
        .enum(releaseStates)
        .nullable()
        .describe('where it stands with this server; null: it was never asked for here'),
      yanked: z.boolean(),
      advisories: z.array(z.string()).describe('ids of the advisories that are known to strike it'),
      uses: z.array(z.number()).describe('places in this list of what it needs'),
    }),
  ),
  before: z.boolean().describe('whether there is a lockfile of before, too'),
});

export type GraphJson = z.infer<typeof graphSchema>;
