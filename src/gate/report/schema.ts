import { z } from 'zod';

// The JSON of a verdict on a change: what `safeguard check --format json` prints and `POST /api/v1/changes` answers.

const time = z.iso.datetime().describe('RFC 3339');
const stdClass = z.enum(['no_std', 'no_std+alloc', 'std', 'unknown']);
const effect = z.enum(['warn', 'hold', 'review', 'deny']);

export const gateFindingSchema = z.object({
  rule: z.string().describe('id of the rule; docs/rules has a page on each'),
  effect,
  crate: z.string().describe('empty where it is about the project itself'),
  version: z.string().optional(),
  message: z.string().describe('one sentence'),
  evidence: z.object({
    advisory: z.string().optional(),
    url: z.string().optional(),
    file: z.string().optional(),
    line: z.number().optional().describe('from 1'),
    column: z.number().optional().describe('from 1'),
    values: z.record(z.string(), z.string()).optional().describe('what the rule compared, by name'),
  }),
  next: z.string().describe('a command line to run, or the edit to make'),
  worse: z
    .string()
    .optional()
    .describe('of what was there before: why it matters more from now on, as a clause'),
  until: time.optional().describe('when a hold ends by itself'),
  waived: z
    .object({ by: z.string(), reason: z.string(), expires: z.string() })
    .optional()
    .describe('the waiver that excepts it'),
  answered: z
    .object({ by: z.enum(['cargo-vet', 'crev', 'people']), who: z.array(z.string()), says: z.string() })
    .optional()
    .describe('the audit that answers it'),
});

export const changeSchema = z.object({
  kind: z.enum([
    'added',
    'removed',
    'upgraded',
    'downgraded',
    'present',
    'source',
    'checksum',
    'features',
    'config',
  ]),
  crate: z.string(),
  from: z.string().optional().describe('version'),
  to: z.string().optional().describe('version'),
  fromSource: z.string().optional().describe('as Cargo.lock writes it; absent for the project’s own'),
  toSource: z.string().optional(),
  checksum: z.string().optional().describe('SHA-256 that the new lockfile names, lower-case hex'),
  newSource: z.literal(true).optional().describe('nothing of the old lockfile came from there'),
  duplicates: z.array(z.string()).optional().describe('other versions, where the change brings one more'),
  features: z
    .array(
      z.object({
        target: z.string().describe('target triple'),
        members: z
          .array(z.string())
          .optional()
          .describe('the members in whose own build it is so; absent where the project is one package'),
        builtFor: z.enum(['host', 'target']),
        built: z
          .enum(['now', 'no longer'])
          .optional()
          .describe('where it is built on one side of the change only'),
        gained: z.array(z.string()),
        lost: z.array(z.string()),
      }),
    )
    .optional()
    .describe('what is switched on or off; absent where nothing is, or the graphs are not known'),
  std: z
    .array(
      z.object({
        target: z.string().describe('target triple'),
        member: z.string().optional().describe('absent where the project is one package'),
        class: stdClass,
        before: stdClass.optional().describe('absent where it was not built before, or nothing is compared'),
      }),
    )
    .optional()
    .describe('what it needs in each build without the standard library; absent where it is in none'),
  tier: z
    .object({
      tier: z.enum(['standard', 'build-script', 'proc-macro']),
      reasons: z.array(z.string()).describe('why, as clauses'),
    })
    .optional()
    .describe('what of it runs at build time; absent where its archive was not read'),
  partOf: z
    .array(z.string())
    .optional()
    .describe('crates whose macros or build script its library is a part of; absent where there are none'),
  approvals: z
    .array(
      z.object({
        code: z.enum(['build-script', 'proc-macro', 'helper']),
        standing: z.enum([
          'approved',
          'carried',
          'changed',
          'grown',
          'wider',
          'unreadable',
          'surface',
          'lapsed',
          'missing',
          'unread',
        ]),
        version: z.string().optional().describe('the version that was approved'),
        by: z.string().optional(),
        grandfathered: z
          .literal(true)
          .optional()
          .describe('there since the list was begun; nobody has read it'),
        together: z.literal(true).optional().describe('answered together with others, by what a review says'),
      }),
    )
    .optional()
    .describe('how that stands to what people approved'),
  why: z.array(z.string()).describe('shortest paths to it from the project’s own packages'),
  findings: z.array(gateFindingSchema),
  fixes: z
    .array(z.object({ id: z.string(), title: z.string() }))
    .optional()
    .describe('advisories on what was there before that the change ends'),
  span: z.object({ file: z.string(), line: z.number(), column: z.number().optional() }).optional(),
});

export const gateVerdictSchema = z.object({
  verdict: z.enum(['allow', 'hold', 'review', 'deny']),
  until: time.optional().describe('when the last of the dated holds ends, where that is all there is'),
  policy: z.string().describe('digest of the policy that judged it'),
  changes: z.array(changeSchema).describe('what fails first, the strictest before the others'),
  debt: z
    .array(gateFindingSchema)
    .describe('what was there before, what got worse first: it never fails a change'),
  commands: z
    .array(z.string())
    .describe('lines that, run in this order, take other versions where those pass'),
  adopted: z.boolean().optional().describe('whether anybody keeps a list of approvals'),
  advisories: z
    .array(
      z.object({
        source: z.string(),
        commit: z.string().optional(),
        readAt: time.optional(),
        newest: z.string().optional().describe('the date of the newest advisory'),
        count: z.int(),
        problems: z
          .array(z.object({ path: z.string(), reason: z.string(), crates: z.array(z.string()).optional() }))
          .describe('files that were not read, and why'),
        alarm: z.string().optional().describe('why it was not read, or not read anew'),
      }),
    )
    .optional()
    .describe('the advisory databases that it goes by'),
});
