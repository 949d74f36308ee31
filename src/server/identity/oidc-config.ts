import { z } from 'zod';
import { isThisMachine } from '../../facts/outgoing/address.ts';
import { durationSetting } from '../../policy/duration.ts';

/** Roles that people may have by their groups, the strongest first. */
export const groupRoles = ['admin', 'reviewer', 'auditor', 'reader'] as const;
export type GroupRole = (typeof groupRoles)[number];

const groups = z.array(z.string().min(1)).default([]).describe('Groups whose people have this role.');

/** `[oidc]`: the provider that people sign in with. */
export const oidcSection = z
  .strictObject({
    issuer: z
      .url({ protocol: /^https?$/ })
      .refine((text) => {
        const url = URL.parse(text);
        return url?.protocol === 'https:' || isThisMachine(url?.hostname ?? '');
      }, 'expected an https address; http is for this machine alone')
      .describe('The `iss` of its tokens; its configuration is at /.well-known/openid-configuration there.'),
    'client-id': z.string().min(1).describe('What the provider knows this server by.'),
    'client-secret-env': z
      .string()
      .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'expected the name of an environment variable')
      .optional()
      .describe('Environment variable with the secret that the provider gave for it.'),
    'client-secret-file': z.string().min(1).optional().describe('File with that secret.'),
    scopes: z
      .array(z.string().regex(/^[!#-[\]-~]+$/, 'expected a scope'))
      .default(['openid', 'profile', 'email'])
      .describe('What is asked for; `openid` is always.'),
    name: z.string().min(1).default('email').describe('The claim that says who somebody is.'),
    groups: z.string().min(1).default('groups').describe('The claim with the groups that somebody is in.'),
    roles: z
      .strictObject({ admin: groups, reviewer: groups, auditor: groups, reader: groups })
      .describe('By role: the groups whose people have it; of several roles the strongest counts.'),
    'session-time': durationSetting('8h')
      .refine((time) => time >= 5 * 60_000 && time <= 24 * 3_600_000, 'expected five minutes to 24 hours')
      .describe('How long somebody stays signed in; their groups are asked for anew at each sign-in.'),
  })
  .refine((one) => one['client-secret-env'] === undefined || one['client-secret-file'] === undefined, {
    message: 'client-secret-env and client-secret-file exclude each other; keep one of them',
    path: ['client-id'],
  });

export type OidcSection = z.output<typeof oidcSection>;
