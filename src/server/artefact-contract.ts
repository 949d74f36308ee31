import { z } from 'zod';
import { maxFilterText } from '../binary/function-filter.ts';
import { type ArtefactStatement, maxComponents, maxUses } from '../inventory/statement.ts';
import { artefactTrusts, artefactVerdicts } from '../store/inventory/records.ts';
import { changeOutlineSchema } from './changes-contract.ts';
import { long, sha256, short, time } from './contract-words.ts';
import { nextSchema } from './cursor.ts';
import { installedPlaces } from './sighting-contract.ts';

// What /api/v1 says of artefacts, and is told of them.

const position = z.int().min(0).max(maxComponents);
/** A place among the components of an artefact that is sent in parts. */
export const positionSchema = z.int().min(0).max(100_000_000);
const positions = z.array(position).max(maxUses);
export const formats = ['elf', 'pe', 'macho', 'wasm'] as const;
export const scopes = ['linked', 'build', 'unknown'] as const;
export const confidences = ['stated', 'high', 'low'] as const;
const completenesses = ['complete', 'incomplete', 'unknown'] as const;

/** A component, but for what it needs. */
export const statedShape = {
  purl: long.optional(),
  name: short,
  version: short.optional().describe('absent where it is not known'),
  source: z.enum(['local', 'git', 'registry']).optional(),
  scope: z.enum(scopes),
  method: z.string().regex(/^[a-z][a-z0-9-]{0,31}$/),
  confidence: z.enum(confidences),
  features: z.array(short).max(1000).optional().describe('absent where they are not known'),
};

/** What is said of an artefact, but for its components. */
export const headShape = {
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
      functions: z
        .string()
        .max(maxFilterText)
        .regex(/^\d{1,3}:[A-Za-z0-9+/]{8,}={0,2}$/)
        .optional()
        .describe(
          'which functions it has code of, as its debug information says: `VERSION:` and a Bloom filter in base64; absent where that is not known',
        ),
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
      word: z.enum(artefactVerdicts).describe('passed, failed: those of other verifiers'),
      policy: sha256.optional().describe('SHA-256 of the policy'),
      at: z.iso.datetime({ offset: true }).optional(),
    })
    .optional()
    .describe('what was said of letting it in'),
  knownBy: z.enum(['list', 'traces']),
  completeness: z.enum(completenesses),
};

/** A statement, and the bundles that came with it. */
export type SentArtefact = ArtefactStatement & { readonly bundles?: readonly string[] | undefined };

/** Body of `POST /api/v1/artefacts`. */
export const statementSchema: z.ZodType<SentArtefact> = z.strictObject({
  ...headShape,
  components: z.array(z.strictObject({ ...statedShape, uses: positions.optional() })),
  roots: positions.optional(),
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
    .enum(artefactTrusts)
    .describe(
      'signed: by a document that somebody signed whom the server goes by; unsigned: on the word of who added it; recovered: by traces in the binary',
    ),
  verdict: z
    .object({
      word: z.enum(artefactVerdicts).describe('the gate’s words; passed, failed: those of other verifiers'),
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
          .enum(['commit', 'lockfile'])
          .describe(
            'commit: the one that this was built of was judged, or the merge of it; lockfile: another commit was, with the very Cargo.lock that this was built by',
          ),
        sameLockfile: z
          .boolean()
          .nullable()
          .describe(
            'whether its Cargo.lock is the one that was judged; null: nobody said by which it was built',
          ),
        samePolicy: z.boolean().describe('whether the artefact’s verdict is by the policy that judged it'),
      }),
    )
    .describe(
      'verdicts on changes that it was built of, as far as they are kept: by its commit, then by its Cargo.lock, the newest first, ten at most',
    ),
  installed: installedPlaces.describe('hosts where it is installed and was not seen running, the first 20'),
  changesUnknown: z.string().nullable().describe('why none is known of which it was built; null: one is'),
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

/** `GET /api/v1/artefacts/ID/diff/OTHER`: a page of what differs. */
export const artefactDiffSchema = z.object({
  old: artefactSchema,
  new: artefactSchema,
  added: z.array(componentSchema),
  removed: z.array(componentSchema),
  changed: z.array(changed).describe('the same name with another version'),
  same: z.number().describe('how many components both have, on every page'),
  next: nextSchema,
});

/** `GET /api/v1/components`, by name. */
export const componentsSchema = z.object({
  components: z.array(componentSchema.extend({ artefacts: z.number() })),
  next: nextSchema,
});
export type ArtefactJson = z.infer<typeof artefactSchema>;
export type ArtefactsJson = z.infer<typeof artefactsSchema>;
export type ArtefactReportJson = z.infer<typeof artefactReportSchema>;
export type ArtefactDiffJson = z.infer<typeof artefactDiffSchema>;
export type ComponentJson = z.infer<typeof componentSchema>;
export type ComponentsJson = z.infer<typeof componentsSchema>;
export type AddedJson = z.infer<typeof addedSchema>;
