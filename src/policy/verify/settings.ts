import { z } from 'zod';

/** Whom a certificate of a signer must be of; each key that is given has to hold. */
const identity = z
  .strictObject({
    issuer: z.url().describe('Who told the certificate authority who it was: the `iss` of the CI.'),
    subject: z
      .string()
      .min(1)
      .optional()
      .describe('The whole name in the certificate: a workflow, with its branch.'),
    'repository-id': z
      .string()
      .regex(/^\d+$/)
      .optional()
      .describe('The number of the repository that was built.'),
    'owner-id': z.string().regex(/^\d+$/).optional().describe('The number of its owner.'),
  })
  .refine((one) => one.subject !== undefined || one['repository-id'] !== undefined, {
    message: 'say who of that issuer: subject or repository-id',
  });

/** Claims of a CI's token, by their names. */
const job = z
  .record(z.string().regex(/^[A-Za-z_][\w.:/-]*$/, 'expected the name of a claim'), z.string().min(1))
  .refine((one) => Object.keys(one).length > 0, { message: 'name at least one claim' });

export type SignerIdentity = z.output<typeof identity>;

/** `[verify]`: what must be signed of a program that is to be used. */
export const verifySettings = z.strictObject({
  require: z
    .array(z.enum(['provenance', 'verdict', 'sbom']))
    .default(['provenance', 'verdict', 'sbom'])
    .describe(
      'The statements that there must be; one that other words here ask something of is wanted as well.',
    )
    .meta({ stricter: 'outer' }),
  builders: z
    .array(z.string().min(1))
    .default([])
    .describe('Who may have built it, as its provenance says; none named: whoever signs.')
    .meta({ stricter: 'outer' }),
  sources: z
    .array(z.string().regex(/^[a-z+]+:\/\/[^@]+$/, 'expected the address of a repository, without a branch'))
    .default([])
    .describe('Repositories that it may be built from, as https://host/org/app; none named: any.')
    .meta({ stricter: 'outer' }),
  'clean-source': z
    .boolean()
    .default(false)
    .describe('Whether what was built must be a commit, without changes.')
    .meta({ stricter: 'true' }),
  sandbox: z
    .boolean()
    .default(false)
    .describe('Whether the build must have been kept in by a sandbox, with limits.')
    .meta({ stricter: 'true' }),
  reproduced: z
    .boolean()
    .default(false)
    .describe('Whether it must have been built a second time, with the same bytes (`--reproduce`).')
    .meta({ stricter: 'true' }),
  policies: z
    .array(z.string().regex(/^[0-9a-f]{64}$/))
    .default([])
    .describe('Digests of the policies that the verdict may be by; none named: any.')
    .meta({ stricter: 'outer' }),
  jobs: z
    .array(job)
    .default([])
    .describe(
      'Whose job it must have been, where a server signed: claims of its token, all of which must be the same (`iss` is the issuer); none named: any.',
    )
    .meta({ stricter: 'outer' }),
  identities: z
    .array(identity)
    .default([])
    .describe('Who may sign by a certificate (Sigstore, GitHub); none named: nobody.')
    .meta({ stricter: 'outer' }),
});

export type VerifySettings = z.output<typeof verifySettings>;
