import { z } from 'zod';
import { levels } from '../facts/crev/content.ts';
import { effectSetting } from './effect-setting.ts';

const crevLevel = z.enum(levels);

/** What of other people's audits counts here. */
export const auditSettings = z.strictObject({
  organisations: z
    .array(z.string().min(1))
    .default([])
    .meta({ stricter: 'intersection' })
    .describe(
      'Organisations whose cargo-vet audits count as a yes, by the names that they are imported under; `own` is your own.',
    ),
  criteria: z
    .string()
    .min(1)
    .default('safe-to-deploy')
    .meta({ stricter: 'outer' })
    .describe('The criterion that a yes has to be about, and that a violation counts against.'),
  'publisher-trust': z
    .boolean()
    .default(false)
    .meta({ stricter: 'false' })
    .describe(
      'Whether trust in a publisher (wildcard audits, trusted publishers) is a yes. It says nothing once an account is taken over.',
    ),
  violations: effectSetting('deny')
    .meta({ stricter: 'effect' })
    .describe('What a release gets that a cargo-vet violation is about.'),
  reviewers: z
    .array(z.string().min(1))
    .optional()
    .meta({ stricter: 'intersection' })
    .describe('Ids of crev reviewers whose reviews count; absent: all in your web of trust.'),
  'trust-level': crevLevel
    .exclude(['none'])
    .default('medium')
    .meta({ stricter: 'outer' })
    .describe('How much you have to trust a crev reviewer, directly or through others.'),
  thoroughness: crevLevel
    .default('low')
    .meta({ stricter: 'outer' })
    .describe('How thorough a good crev review has to be.'),
  understanding: crevLevel
    .default('low')
    .meta({ stricter: 'outer' })
    .describe('How well a good crev review has to have understood the code.'),
  reviews: z
    .int()
    .min(1)
    .default(1)
    .meta({ stricter: 'greater' })
    .describe('How many crev reviewers have to be content.'),
  negative: effectSetting('deny')
    .meta({ stricter: 'effect' })
    .describe('What a release gets that such a reviewer rates negative.'),
  issues: effectSetting('warn')
    .meta({ stricter: 'effect' })
    .describe('What a release gets that such a reviewer knows an open problem of, …'),
  'issue-severity': crevLevel
    .default('medium')
    .meta({ stricter: 'outer' })
    .describe('… of at least this severity.'),
  answers: z
    .array(z.string().min(1))
    .default([])
    .meta({ stricter: 'intersection' })
    .describe(
      'Rules whose question to a person a yes answers. A hold it never shortens, a deny it never lifts.',
    ),
  unknown: z
    .enum(['allow', 'warn', 'hold', 'review', 'deny'])
    .default('allow')
    .meta({ stricter: 'outer' })
    .describe('What a release gets while audits cannot be read; `allow` as long as you do not rely on them.'),
});

export type AuditSettings = z.output<typeof auditSettings>;
