import { z } from 'zod';
import { roles } from '../store/records.ts';
import { time } from './contract-words.ts';
import { nextSchema } from './cursor.ts';

// The JSON of /api/v1, one schema per answer: what the server writes is what the command line reads.

const dayOrTime = z.union([z.iso.date(), z.iso.datetime({ offset: true })]);

export const findingSchema = z.object({
  rule: z.string(),
  effect: z.enum(['warn', 'hold', 'review', 'deny']),
  subject: z.string().describe('crate@version'),
  message: z.string(),
  evidence: z.record(z.string(), z.unknown()),
  next: z.string(),
  until: time.optional(),
  waived: z
    .object({ by: z.string(), reason: z.string(), expires: z.string() })
    .optional()
    .describe('the waiver that excepts it'),
  answered: z
    .object({
      by: z.enum(['cargo-vet', 'crev', 'people']),
      who: z.array(z.string()).readonly(),
      says: z.string(),
    })
    .optional()
    .describe('the audit, or the people, that answer it'),
});

export const verdictSchema = z.object({
  decision: z.enum(['allow', 'hold', 'review', 'deny']),
  until: time.optional(),
  findings: z.array(findingSchema),
});

/** What `GET` of one release takes. */
export const registryQuerySchema = z.object({
  registry: z.string().optional().describe('an upstream by name; absent: the default one'),
});

export const releaseStates = ['held', 'promoted', 'review', 'blocked', 'withdrawn'] as const;

export const releaseSchema = z.object({
  registry: z.string(),
  crate: z.string(),
  version: z.string(),
  checksum: z.string().describe('SHA-256, lower-case hex'),
  state: z.enum(releaseStates),
  since: time.describe('when this state began'),
  until: time.optional().describe('when a hold ends by itself'),
  yanked: z.boolean().describe("the upstream's own flag"),
  published: time.optional(),
  firstSeen: time,
  arrival: z.enum(['back-catalogue', 'new']),
  judged: z.enum(['index', 'release']).describe('whether the bytes were judged, or the index line alone'),
  policy: z.string().describe('digest of the policy that judged it'),
  waiting: z
    .number()
    .optional()
    .describe('downloads that were refused since its state began; only in lists of what waits for a review'),
  verdict: verdictSchema,
});

/** A person's decision on a release. */
export const decisionSchema = z.object({
  registry: z.string(),
  crate: z.string(),
  version: z.string(),
  checksum: z.string().describe('SHA-256 of the bytes that it is about'),
  kind: z.enum(['approve', 'reject']),
  by: z.string(),
  reason: z.string(),
  at: time,
  until: time.optional().describe('when it ends by itself'),
  answers: z.array(z.string()).readonly().describe('digests of the findings that were there'),
  standing: z.enum(['stands', 'ended', 'taken-back']),
  takenBack: z.object({ by: z.string(), at: time, reason: z.string() }).optional(),
});

/** `GET /api/v1/quarantine/decisions`, newest first */
export const decisionListSchema = z.object({ decisions: z.array(decisionSchema), next: nextSchema });

export const logEntrySchema = z.object({
  seq: z.number(),
  at: time,
  event: z.string(),
  registry: z.string(),
  crate: z.string(),
  version: z.string(),
  from: z.string().nullable(),
  to: z.string().nullable(),
  actor: z.string(),
  policy: z.string(),
  details: z.record(z.string(), z.unknown()).nullable(),
});

/** `GET /api/v1/releases/{crate}/{version}` */
export const releaseReportSchema = z.object({
  release: releaseSchema,
  /** What to use instead, where the release may not be downloaded. */
  instead: z.object({ version: z.string(), command: z.string() }).optional(),
  /** What people decided on it, newest first; absent from older servers. */
  decisions: z.array(decisionSchema).optional(),
  log: z.array(logEntrySchema),
});

/** `GET /api/v1/explain/{crate}` and `GET /api/v1/explain/{crate}/{version}` */
export const explanationSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('release'),
    release: releaseSchema,
    case: z
      .looseObject({
        facts: z.record(
          z.string(),
          z.looseObject({ kind: z.enum(['known', 'unknown']), source: z.string(), at: z.string() }),
        ),
      })
      .describe('what the verdict was made of; `safeguard verdict replay` judges it again'),
    /** Rules that looked at it, with the findings of each. */
    rules: z.array(z.object({ id: z.string(), findings: z.number() })),
    instead: z.object({ version: z.string(), command: z.string() }).optional(),
    approve: z.string().optional().describe('what a person types to approve of it, where it waits for that'),
    trust: z
      .object({
        score: z.number(),
        lines: z.array(
          z.object({
            part: z.string(),
            points: z.number(),
            of: z.number(),
            known: z.boolean(),
            says: z.string(),
          }),
        ),
      })
      .optional()
      .describe('how far the people behind it can be relied on, 0 to 100; absent where they are not known'),
    fixes: z.array(
      z.object({
        advisory: z.string(),
        version: z.string().optional(),
        state: z.enum(releaseStates).optional(),
        until: time.optional(),
      }),
    ),
  }),
  z.object({
    kind: z.literal('no-such-release'),
    crate: z.string(),
    resembles: z.array(z.looseObject({ crate: z.string(), why: z.string(), strength: z.string() })),
    claims: z.array(z.object({ kind: z.string(), value: z.string() })),
  }),
]);

/** States of releases in a query, comma-separated. */
export const statesQuerySchema = z
  .string()
  .optional()
  .transform((text) => text?.split(',').filter((state) => state !== ''))
  .pipe(z.array(z.enum(releaseStates)).optional());

/** `GET /api/v1/quarantine` */
export const quarantineListSchema = z.object({ releases: z.array(releaseSchema), next: nextSchema });

/** Body of `POST /api/v1/quarantine/block`, `…/unblock` and, with a version, `…/break-glass` and `…/take-back`. */
export const quarantineActSchema = z.strictObject({
  registry: z.string().optional().describe('upstream by name; absent: the default one'),
  crate: z.string().min(1),
  version: z.string().min(1).optional().describe('absent: every version'),
  reason: z.string().trim().min(1).max(2000),
});

/** Body of `POST /api/v1/quarantine/approve` and `…/reject`. */
export const decisionActSchema = quarantineActSchema.extend({
  version: z.string().min(1),
  until: dayOrTime
    .optional()
    .describe('when it ends by itself: a day (its beginning, UTC) or a time; absent: when it is taken back'),
});

/** Answer to each of those acts. */
export const actedSchema = z.object({
  /** One sentence for the person. */
  message: z.string(),
  releases: z.array(releaseSchema),
});

/** Body of `POST /api/v1/clock`: a person says that the clock of the server is right. */
export const clockTrustSchema = z.strictObject({ reason: z.string().trim().min(1).max(2000) });

/** Answer to it. */
export const clockTrustedSchema = z.object({ message: z.string() });
export type ClockTrustedJson = z.output<typeof clockTrustedSchema>;

/** `GET /api/v1/status` */
export const statusSchema = z.object({
  version: z.string(),
  now: time,
  policy: z.object({ digest: z.string(), since: time }),
  database: z.enum(['sqlite', 'postgresql']),
  bucket: z
    .object({ url: z.string(), error: z.string().nullable().describe('why it failed when it was last used') })
    .nullable()
    .default(null)
    .describe('where crates are kept; null: in the data folder'),
  upstreams: z.array(
    z.object({
      name: z.string(),
      index: z.string().describe('URL of its sparse index'),
      reachable: z.boolean().nullable().describe('null: not asked yet'),
      lastError: z.string().nullable(),
      lastContact: time.nullable(),
    }),
  ),
  crates: z.number(),
  failing: z.number().describe('crates whose last poll failed'),
  releases: z.record(z.enum(releaseStates), z.number()),
  nextPoll: time.nullable(),
  nextJudgement: time.nullable(),
  notify: z
    .array(
      z.object({
        name: z.string(),
        kind: z.enum(['webhook', 'slack', 'email']).nullable().describe('null: configured no more'),
        where: z.string().describe('a host, or addresses; nothing secret'),
        waiting: z.number().describe('notifications that are still to be delivered'),
        delivered: z.number().describe('those of the last 30 days'),
        givenUp: z.number().describe('those that were tried for 24 hours, of the last 30 days'),
        lastDelivered: time.nullable(),
        error: z.string().nullable().describe('why one that waits, or was given up, failed'),
      }),
    )
    .describe('who is told of findings on releases that had been handed out'),
  waivers: z.array(findingSchema).describe('waivers of the policy that except nothing here'),
  feeds: z
    .array(
      z.object({
        kind: z.enum(['advisories', 'audits', 'proofs', 'exploited']),
        name: z.string().describe('a folder or an address'),
        readAt: time.nullable().describe('null: never yet'),
        alarm: z.string().nullable().describe('why it was not read, or not read anew'),
      }),
    )
    .optional()
    .describe('what others say that judgements and clocks go by; absent from older servers'),
  loops: z
    .array(
      z.object({
        name: z.string(),
        late: z.boolean(),
        by: z.number().describe('seconds since its last turn ended, or since what waits for it was due'),
        excuse: z.string().nullable().describe('why that is not its own doing'),
      }),
    )
    .optional()
    .describe('what this replica does by itself; absent from older servers'),
  agents: z
    .object({ older: z.number(), same: z.number(), newer: z.number() })
    .optional()
    .describe(
      'hosts in service by the version of their agents: the server’s, an older one, or a newer one, of which it leaves out what it does not know; absent from older servers',
    ),
  alarms: z.array(z.object({ at: time, message: z.string() })),
});

/** Body of `POST /api/v1/notify/test`. */
export const notifyTestSchema = z.strictObject({
  target: z.string().optional().describe('absent: every target'),
});

/** Answer to that, once every target answered or failed. */
export const notifyTestedSchema = z.object({
  tests: z.array(
    z.object({
      target: z.string(),
      kind: z.enum(['webhook', 'slack', 'email']),
      where: z.string(),
      error: z.string().nullable().describe('null: it was delivered'),
    }),
  ),
});

/** `GET /api/v1/tokens` */
export const tokensSchema = z.object({
  tokens: z.array(
    z.object({
      name: z.string(),
      owner: z.string().describe('the person whose it is: whoever has several counts once'),
      role: z.enum(roles),
      created: time,
      ends: time.nullable().describe('when it ends by itself; null: it does not'),
      used: time.nullable().describe('when it was last seen in use, to the minute; null: never'),
      revoked: time.nullable(),
    }),
  ),
});

/** Whom a token, or a link that signs in, is for. */
const ownerName = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._@-]{0,63}$/);

/** Body of `POST /api/v1/tokens` */
export const newTokenRequestSchema = z.strictObject({
  name: ownerName,
  owner: ownerName.optional().describe('the person whose it is; absent: it has its owner’s name'),
  role: z.enum(roles),
  until: dayOrTime.optional().describe('when it ends by itself: a day (its beginning, UTC) or a time'),
});

/** Answer to that; the token is shown this once. */
export const newTokenSchema = z.object({ name: z.string(), token: z.string() });

/** `GET /api/v1/session`, and the answer to `POST` of it. */
export const sessionSchema = z.object({
  who: z
    .object({
      name: z.string(),
      role: z.enum(roles),
      ends: time.nullable().describe('when the token ends by itself; null: it does not'),
    })
    .nullable()
    .describe('null: nobody is signed in'),
  may: z.array(z.string()).describe('what they may do here, such as `releases:decide`'),
  provider: z.string().nullable().describe('host of where people sign in; null: with tokens alone'),
});

/** Body of `POST /api/v1/session` */
export const signInSchema = z.union([
  z.strictObject({ token: z.string().trim().min(1).max(200) }),
  z.strictObject({ link: z.string().min(1).max(200).describe('what a link has that signs in once') }),
]);

/** Body of `POST /api/v1/sign-in-links` */
export const newLinkRequestSchema = z.strictObject({
  name: ownerName,
  role: z.enum(roles).default('admin'),
});

/** Answer to that; the link is shown this once. */
export const newLinkSchema = z.object({
  name: z.string(),
  role: z.enum(roles),
  link: z.string().describe('an address, to be opened in a browser'),
  ends: time,
});

/** Answer to `DELETE /api/v1/session` */
export const signedOutSchema = z.object({ message: z.string() });

/** Answer to `DELETE /api/v1/tokens/{name}` */
export const endedTokenSchema = z.object({ name: z.string() });

/** What cargo's web API says of a refusal. */
export const errorsSchema = z.object({
  errors: z.array(
    z.object({
      detail: z.string(),
      code: z.string().optional(),
      release: releaseSchema.optional(),
      until: time.optional(),
      instead: z.object({ version: z.string(), command: z.string() }).optional(),
    }),
  ),
});

/** Every refusal: problem details (RFC 9457; the type is `about:blank`), and `errors`, which cargo prints. */
export const problemSchema = errorsSchema.extend({
  title: z.string().describe('The words of the status.'),
  status: z.int(),
  detail: z.string().describe('A sentence for people: what is the matter, and what to do.'),
  code: z.string().describe('What is the matter, for programs; it does not change.'),
});

export type ReleaseJson = z.infer<typeof releaseSchema>;
export type DecisionJson = z.infer<typeof decisionSchema>;
export type DecisionActJson = z.infer<typeof decisionActSchema>;
export type ReleaseReportJson = z.infer<typeof releaseReportSchema>;
export type ExplanationJson = z.infer<typeof explanationSchema>;
export type LogEntryJson = z.infer<typeof logEntrySchema>;
export type NotifyTestedJson = z.infer<typeof notifyTestedSchema>;
export type SessionJson = z.infer<typeof sessionSchema>;
export type TokensJson = z.infer<typeof tokensSchema>;
export type StatusJson = z.infer<typeof statusSchema>;
export type QuarantineListJson = z.infer<typeof quarantineListSchema>;
export type DecisionListJson = z.infer<typeof decisionListSchema>;
export type QuarantineAct = z.infer<typeof quarantineActSchema>;
export type ActedJson = z.infer<typeof actedSchema>;
export type ErrorsJson = z.infer<typeof errorsSchema>;
export type ProblemJson = z.infer<typeof problemSchema>;
