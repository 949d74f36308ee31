import { z } from 'zod';

/** Claims that tell one repository from every other, also from the next one of its name, by the kind of CI. */
const telling = {
  github: ['repository_id', 'repository_owner_id'],
  gitlab: ['project_id'],
  other: [],
} as const;

const claims = z
  .record(z.string().regex(/^[A-Za-z_][\w.:/-]*$/, 'expected the name of a claim'), z.string().min(1))
  .refine((one) => Object.keys(one).length > 0, { message: 'name at least one claim' });

/** A CI whose tokens may be exchanged: a `[[ci]]` of the configuration. */
export const ciSection = z
  .strictObject({
    name: z
      .string()
      .regex(/^[a-z0-9][a-z0-9.-]*$/, 'expected lower-case letters, digits, "." and "-"')
      .describe('What log, audit log and notifications call it.'),
    kind: z
      .enum(['github', 'gitlab', 'other'])
      .describe('github and gitlab want those claims that no other repository can have.'),
    issuer: z
      .url({ protocol: /^https?$/ })
      .describe('The `iss` of its tokens, as https://token.actions.githubusercontent.com.'),
    audience: z
      .string()
      .min(1)
      .optional()
      .describe('The `aud` that its tokens must have; absent: public-url.'),
    jwks: z
      .url({ protocol: /^https?$/ })
      .optional()
      .describe('The address of its public keys.'),
    'jwks-file': z
      .string()
      .min(1)
      .optional()
      .describe('A file with its public keys, instead of the address.'),
    allow: z
      .array(claims)
      .min(1)
      .describe(
        'Whose builds may fetch: each is a table of claims, all of which a token must have, word for word.',
      ),
    sign: z
      .array(claims)
      .default([])
      .describe('Whose builds this server signs for ([signing]), in the same form; none named: nobody’s.'),
  })
  .refine((section) => (section.jwks === undefined) !== (section['jwks-file'] === undefined), {
    message: 'say where its public keys are: jwks or jwks-file, one of them',
    path: ['issuer'],
  })
  .superRefine(({ kind, allow, sign }, context) => {
    for (const [list, tables] of Object.entries({ allow, sign }))
      for (const [i, each] of tables.entries())
        for (const name of telling[kind])
          if (each[name] === undefined)
            context.addIssue({
              code: 'custom',
              message: `${name} is missing: names of repositories change hands, their numbers do not`,
              path: [list, i],
            });
  });
