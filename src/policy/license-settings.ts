import { z } from 'zod';
import { parseExpression, parseLicensee } from '../facts/license/expression.ts';
import { nearestId } from '../facts/license/ids.ts';
import { crateSpec } from './crate-spec.ts';
import { effectSetting } from './effect-setting.ts';

const licensee = z.string().superRefine((text, context) => {
  if (parseLicensee(text) !== undefined) return;
  const hint = nearestId(text.trim());
  const also = hint === undefined || hint === text ? '' : `; did you mean "${hint}"?`;
  context.addIssue({
    code: 'custom',
    message: `"${text}" is neither an SPDX licence nor one \`WITH\` an exception${also}`,
  });
});

const expression = z.string().superRefine((text, context) => {
  const parsed = parseExpression(text, 'listed');
  if (parsed.kind === 'invalid')
    context.addIssue({ code: 'custom', message: `not an SPDX expression: ${parsed.reason}` });
});

/** The table `[license]`. */
export const licenseSettings = z.strictObject({
  allow: z
    .array(licensee)
    .optional()
    .describe('SPDX ids, or `X WITH Y`, that are accepted; nothing else is then. Absent: any known licence.')
    .meta({ stricter: 'intersection' }),
  deny: z
    .array(licensee)
    .default([])
    .describe('SPDX ids, or `X WITH Y`, that never count as accepted, even where `allow` has them.')
    .meta({ stricter: 'union' }),
  refused: z
    .enum(['warn', 'review', 'deny'])
    .default('deny')
    .describe('What to do with a release that `allow` and `deny` leave no way to use.')
    .meta({ stricter: 'effect' }),
  copyleft: effectSetting('allow').describe(
    'What to do with a release that only copyleft licences let one use, unless `allow` names them.',
  ),
  unlicensed: z
    .enum(['warn', 'review', 'deny'])
    .optional()
    .describe(
      'What to do with a release without a known licence. Absent: `deny` with an `allow` list, else `warn`.',
    )
    .meta({ stricter: 'effect' }),
  confidence: z
    .number()
    .min(0.5)
    .max(1)
    .default(0.8)
    .describe('How like an SPDX text a licence file must be to count as that licence.')
    .meta({ stricter: 'greater' }),
  'dev-dependencies': z
    .boolean()
    .default(false)
    .meta({ stricter: 'true' })
    .describe('Whether to judge, too, what only tests and examples use: nothing of it is given away.'),
  exceptions: z
    .array(
      z.strictObject({
        ...crateSpec,
        allow: z
          .array(licensee)
          .min(1)
          .describe('What this crate may have beside `allow`, and despite `deny`.'),
      }),
    )
    .default([])
    .describe('More licences for single crates.')
    .meta({ stricter: 'intersection' }),
  clarify: z
    .array(
      z.strictObject({
        ...crateSpec,
        expression: expression.describe('The licence that it really has.'),
        files: z
          .array(
            z.strictObject({
              path: z.string().min(1).describe('A licence file, below the crate’s folder.'),
              sha256: z.string().regex(/^[0-9a-f]{64}$/, 'expected 64 lower-case hex digits'),
            }),
          )
          .min(1)
          .describe('What was read to find out; when one changes, the entry no longer holds.'),
      }),
    )
    .default([])
    .describe('What a person found out about crates that say it badly.')
    .meta({ stricter: 'intersection' }),
});

export type LicenseSettings = z.output<typeof licenseSettings>;
