import { z } from 'zod';
import { changeName, commitId } from './changes-contract.ts';

// The gate's part of /api/v1.

/** Most packages that one question may be about. */
export const maxAsked = 5000;

const dependency = z.object({ crate: z.string(), requirement: z.string(), optional: z.boolean() });
const source = z.string().max(2000).describe('as Cargo.lock writes it');
const crate = z.string().min(1).max(64);

/** Body of `POST /api/v1/facts`. */
export const factsRequestSchema = z.strictObject({
  packages: z
    .array(
      z.strictObject({
        crate,
        version: z.string().min(1).max(200),
        source,
        bytes: z.boolean().describe('whether its archive is fetched where nobody read it before'),
        base: z
          .string()
          .min(1)
          .max(200)
          .optional()
          .describe('the version that it is compared with; absent: the release before it'),
        only: z.literal('code').optional().describe('nothing is wanted but what its code can do'),
      }),
    )
    .max(maxAsked)
    .default([]),
  /** Crates of which every release is wanted. */
  crates: z.array(z.strictObject({ crate, source })).max(maxAsked).default([]),
});

/** Its answer, each list in the order of the questions. */
export const factsAnswerSchema = z.object({
  now: z.iso.datetime().describe('RFC 3339, by the server’s clock'),
  policy: z.object({ text: z.string() }).describe('the organisation’s, which a project’s is put under'),
  approvals: z
    .object({ text: z.string() })
    .optional()
    .describe(
      'what the organisation approved of, as safeguard/allow.toml says it; absent where it keeps no list',
    ),
  advisories: z
    .array(
      z.object({
        source: z.string(),
        commit: z.string().optional(),
        readAt: z.iso.datetime().optional(),
        newest: z.string().optional().describe('the date of the newest advisory'),
        count: z.int(),
        problems: z.array(
          z.object({ path: z.string(), reason: z.string(), crates: z.array(z.string()).optional() }),
        ),
        alarm: z.string().optional(),
      }),
    )
    .optional()
    .describe('the advisory databases that the facts go by, with the files of them that were not read'),
  packages: z.array(
    z
      .object({
        registry: z.string(),
        crate: z.string(),
        extent: z.enum(['whole', 'without-archive', 'without-release']),
        facts: z.record(
          z.string(),
          z.looseObject({ kind: z.enum(['known', 'unknown']), source: z.string(), at: z.string() }),
        ),
        state: z
          .enum(['held', 'promoted', 'review', 'blocked', 'withdrawn'])
          .optional()
          .describe(
            'where it stands with this server, judged by its bytes; absent where they were not wanted',
          ),
        runs: z
          .object({ buildScript: z.boolean(), procMacro: z.boolean() })
          .optional()
          .describe('what of it runs while others are compiled, where its archive was read'),
        dependencies: z.array(dependency),
        line: z.string().optional().describe('its index line, as the registry has it'),
      })
      .nullable()
      .describe('null: it comes from where this server has no sight of'),
  ),
  crates: z.array(
    z.array(
      z.object({
        version: z.string(),
        state: z.enum(['held', 'promoted', 'review', 'blocked', 'withdrawn']),
        passesByLine: z
          .boolean()
          .optional()
          .describe('whether its index line alone would let it in; absent from older servers'),
        yanked: z.boolean(),
        dependencies: z.array(dependency),
      }),
    ),
  ),
});

const manifests = z
  .array(z.strictObject({ file: z.string().max(1000), text: z.string().max(1024 * 1024) }))
  .max(2000)
  .default([]);

/** Body of `POST /api/v1/changes`. */
const allowList = z
  .string()
  .max(4 * 1024 * 1024)
  .optional();

export const changesRequestSchema = z.strictObject({
  lockfile: z.string().describe('the new Cargo.lock'),
  base: z.string().optional().describe('the old one; absent: the whole new one is judged'),
  file: z.string().min(1).max(1000).default('Cargo.lock').describe('what findings call it'),
  manifests: manifests.describe(
    'the project’s Cargo.toml files, by their paths from its folder: what is built can then be told',
  ),
  baseManifests: manifests.describe('the same of before: what the change switches on can then be told'),
  policy: z
    .string()
    .max(1024 * 1024)
    .optional()
    .describe('the project’s safeguard.toml'),
  name: changeName
    .optional()
    .describe(
      'what the change is called where its verdict is kept, which it is for whoever has a token; absent: its file',
    ),
  commit: commitId.optional().describe('the commit that is judged, to be kept with its verdict'),
  headCommit: commitId
    .optional()
    .describe('the pull request’s own newest commit, where that is a merge of it'),
  allow: allowList.describe('the project’s safeguard/allow.toml: what people approved of'),
  baseAllow: allowList.describe('the same of before'),
});

export type FactsRequestJson = z.input<typeof factsRequestSchema>;
export type FactsAnswerJson = z.infer<typeof factsAnswerSchema>;
