import { RegistryError } from '../error.ts';
import type { Credential } from './credential.ts';

/** An upstream registry: its name here and the address of its sparse index. */
export interface UpstreamAddress {
  readonly name: string;
  /** URL of the sparse index, with a trailing `/` and without `sparse+`. */
  readonly index: string;
  /** Absent: it is asked as anybody may ask. */
  readonly credential?: Credential | undefined;
  /** Where its downloads are at another host that wants a token of its own: that origin (scheme, host, port), and the token. */
  readonly downloads?: { readonly origin: string; readonly credential: Credential } | undefined;
}

/**
 * The address of an upstream given as a registry's name (`crates.io`) or as a URL. A name becomes `index.` + name.
 * Throws `RegistryError` `registry/bad-config` for anything else.
 */
export function upstreamAddress(nameOrUrl: string, name?: string): UpstreamAddress {
  const text = nameOrUrl.trim().replace(/^sparse\+/, '');
  if (hasCredentials(text)) {
    const message =
      'the address of an upstream holds a user or a password, which would be shown wherever the address is: ' +
      'take it out, and give the token as token-env, token-file or token-command in its [[upstream]] of server.toml, ' +
      'or as SAFEGUARD_UPSTREAM_TOKEN for the default upstream';
    throw new RegistryError('registry/bad-config', message);
  }
  if (/^https?:\/\//.test(text)) {
    const url = URL.parse(text.endsWith('/') ? text : `${text}/`);
    if (url !== null) return { name: name ?? url.host, index: url.href };
  } else if (/^[a-z0-9-]+(\.[a-z0-9-]+)+$/.test(text)) {
    return { name: name ?? text, index: `https://index.${text}/` };
  }
  throw new RegistryError(
    'registry/bad-config',
    `"${nameOrUrl}" is no upstream: give a registry's name, such as crates.io, or the URL of its sparse index`,
  );
}

/** Whether a URL has a user or a password in it, or may have: such a text is not repeated. */
export function hasCredentials(text: string): boolean {
  return /^[a-z][a-z0-9+.-]*:\/*[^/?#]*@/i.test(text);
}
