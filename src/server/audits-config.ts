import { z } from 'zod';
import { isId } from '../facts/crev/signature.ts';
import { durationSetting } from '../policy/duration.ts';

const oneOrMore = z.union([
  z
    .string()
    .min(1)
    .transform((text) => [text]),
  z.array(z.string().min(1)).min(1),
]);

/** `[audits]`: where cargo-vet audits come from. What of them counts stands in the policy. */
export const auditsConfig = z
  .strictObject({
    own: z
      .string()
      .min(1)
      .optional()
      .describe('Your own audits: a supply-chain folder, or a git repository that holds one.'),
    list: z
      .string()
      .min(1)
      .optional()
      .describe('A registry.toml, by its file or address, for organisations that are named without a `url`.'),
    interval: durationSetting('6h').describe('Time between two readings.'),
    imports: z
      .record(
        z.string().min(1),
        z.strictObject({
          url: oneOrMore
            .optional()
            .describe('Files or addresses of audits.toml; absent: as `list` has it under this name.'),
          exclude: z.array(z.string()).default([]).describe('Crates whose audits by them do not count.'),
          'criteria-map': z
            .record(z.string(), oneOrMore)
            .default({})
            .describe('Their criterion = yours; unmapped ones but the built-in count for nothing.'),
        }),
      )
      .default({})
      .describe('Organisations whose audits are read, by the name that the policy knows them under.'),
  })
  .prefault({});

/** `[crev]`: where cargo-crev proofs come from, and whom one trusts outright. */
export const crevConfig = z
  .strictObject({
    proofs: z
      .array(z.string().min(1))
      .default([])
      .describe('Folders, git repositories or URLs of tarballs with proofs.'),
    ids: z
      .array(z.string().refine(isId, 'expected a crev id: 43 characters of base64url'))
      .default([])
      .describe('Ids that are trusted outright: your own, or those of the people whom you take as such.'),
    interval: durationSetting('6h').describe('Time between two readings.'),
  })
  .prefault({});
