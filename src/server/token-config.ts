import { z } from 'zod';
import { RegistryError } from '../registry/error.ts';
import { hasCredentials, type UpstreamAddress } from '../registry/upstream/address.ts';
import { type CredentialSection, credentialOf } from '../registry/upstream/credential.ts';

/** Where a token comes from; at most one of them is given. */
export const tokenConfig = {
  'token-env': z
    .string()
    .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'expected the name of an environment variable')
    .optional()
    .describe('Environment variable with the token that it wants, as cargo is given it.'),
  'token-file': z.string().min(1).optional().describe('File with that token.'),
  'token-command': z
    .array(z.string().min(1))
    .min(1)
    .optional()
    .describe('Program and arguments that print that token.'),
};

/** How many sources of a token a section names. */
export function tokensIn(section: CredentialSection): number {
  const sources = [section['token-env'], section['token-file'], section['token-command']];
  return sources.filter((one) => one !== undefined).length;
}

/** The other host that an upstream's downloads are at. Throws `RegistryError` `registry/bad-config` for no address, or no token. */
export function downloadsAt(
  { name, index }: UpstreamAddress,
  section: CredentialSection & { readonly host: string },
  env: Readonly<Record<string, string | undefined>>,
): UpstreamAddress['downloads'] {
  const url = hasCredentials(section.host) ? null : URL.parse(section.host);
  if (url === null || !/^https?:$/.test(url.protocol)) {
    const message = `the downloads of ${name} are to be at a host that is no http(s) address, or holds a user or a password: give it as https://files.example.com`;
    throw new RegistryError('registry/bad-config', message);
  }
  if (url.origin === new URL(index).origin) {
    const message = `the downloads of ${name} are said to be at another host, which is that of its index: its own token is sent there; take [upstream.downloads] out`;
    throw new RegistryError('registry/bad-config', message);
  }
  const credential = credentialOf(`${name} (its downloads)`, section, env);
  return credential === undefined ? undefined : { origin: url.origin, credential };
}
