import { readFileSync } from 'node:fs';
import type { ClientAuth, Configuration } from 'openid-client';
import { RegistryError } from '../../registry/error.ts';
import { type GroupRole, groupRoles, type OidcSection } from './oidc-config.ts';

/** What a browser keeps between its way to the provider and its way back. */
export interface Going {
  readonly state: string;
  readonly nonce: string;
  readonly verifier: string;
  /** The page that it came from. */
  readonly back: string;
}

/** Who came back. */
export interface Person {
  readonly name: string;
  readonly role: GroupRole;
}

/** Why nobody came in. `message` is for the log, `code` for the person. */
export class OidcError extends Error {
  override readonly name = 'OidcError';
  readonly code: 'provider-down' | 'no-role' | 'refused' | 'stale';

  constructor(code: OidcError['code'], message: string, cause?: unknown) {
    super(message, { cause });
    this.code = code;
  }
}

/** Somebody whom the provider knows, and who has no role here. */
export class NoRole extends OidcError {
  readonly person: string;

  constructor(person: string) {
    super('no-role', `${person} is in no group that has a role here`);
    this.person = person;
  }
}

/** Read where somebody signs in: most servers have no provider. */
const library = () => import('openid-client');

/** Seconds that the provider may take for an answer. */
const patience = 10;

/**
 * The provider that people sign in with: authorization code with PKCE, state and nonce (OpenID Connect Core 1.0, RFC
 * 7636, RFC 9207).
 */
export class Provider {
  readonly section: OidcSection;
  readonly #secret: string | undefined;
  #found: Promise<Configuration> | undefined;

  /** Throws `RegistryError` `registry/bad-config` where its secret is not there. */
  constructor(section: OidcSection, env: Readonly<Record<string, string | undefined>>) {
    this.section = section;
    this.#secret = secretOf(section, env);
  }

  /** Where a browser is to go, and what it keeps meanwhile. Throws `OidcError` `provider-down`. */
  async begin(redirect: string, back: string): Promise<{ readonly url: URL; readonly going: Going }> {
    const client = await library();
    const found = await this.#configuration();
    const going = {
      state: client.randomState(),
      nonce: client.randomNonce(),
      verifier: client.randomPKCECodeVerifier(),
      back,
    };
    const url = client.buildAuthorizationUrl(found, {
      redirect_uri: redirect,
      scope: [...new Set(['openid', ...this.section.scopes])].join(' '),
      state: going.state,
      nonce: going.nonce,
      code_challenge: await client.calculatePKCECodeChallenge(going.verifier),
      code_challenge_method: 'S256',
    });
    return { url, going };
  }

  /** Who came back to `url` with what the provider gave them. Throws `OidcError`. */
  async finish(url: URL, { state, nonce, verifier }: Going): Promise<Person> {
    const client = await library();
    const found = await this.#configuration();
    const checks = {
      expectedState: state,
      expectedNonce: nonce,
      pkceCodeVerifier: verifier,
      idTokenExpected: true,
    };
    try {
      const tokens = await client.authorizationCodeGrant(found, url, checks);
      const claims = tokens.claims();
      if (claims === undefined) throw new OidcError('refused', 'the provider gave no ID token');
      const { name, groups } = this.section;
      const isWhole = claims[name] !== undefined && claims[groups] !== undefined;
      const more =
        isWhole || found.serverMetadata().userinfo_endpoint === undefined
          ? {}
          : await client.fetchUserInfo(found, tokens.access_token, claims.sub);
      return personOf(this.section, { ...more, ...claims });
    } catch (error) {
      throw oidcError(error);
    }
  }

  /** Its configuration, asked for once; where it did not answer, again with the next person. */
  async #configuration(): Promise<Configuration> {
    const { issuer, 'client-id': id } = this.section;
    this.#found ??= library().then((client) =>
      client.discovery(new URL(issuer), id, undefined, authOf(client, this.#secret), {
        timeout: patience,
        execute: [
          client.enableNonRepudiationChecks,
          // The configuration refuses plain HTTP but to this machine.
          ...(issuer.startsWith('http:') ? [client.allowInsecureRequests] : []),
        ],
      }),
    );
    try {
      return await this.#found;
    } catch (cause) {
      this.#found = undefined;
      throw new OidcError('provider-down', `${issuer} does not give its configuration: ${say(cause)}`, cause);
    }
  }
}

/** What the claims say of a person. Throws `OidcError`. */
export function personOf(section: OidcSection, claims: Readonly<Record<string, unknown>>): Person {
  const name = claims[section.name];
  if (typeof name !== 'string' || !/^[A-Za-z0-9][A-Za-z0-9._@+-]{0,127}$/.test(name))
    throw new OidcError('refused', `the claim ${section.name} is no name: ${JSON.stringify(name)}`);
  if (section.name === 'email' && claims.email_verified === false)
    throw new OidcError('refused', `the provider has not verified the address ${name}`);
  // The names that this server itself acts under.
  if (/^(?:admin|serve)$/i.test(name)) throw new OidcError('refused', `nobody signs in as ${name}`);
  const said = claims[section.groups];
  const own = new Set((Array.isArray(said) ? said : [said]).filter((one) => typeof one === 'string'));
  const role = groupRoles.find((one) => section.roles[one].some((group) => own.has(group)));
  if (role === undefined) throw new NoRole(name);
  return { name, role };
}

/**
 * How this server says who it is: by HTTP Basic, which every provider knows (RFC 6749, section 2.3.1), unless it lists
 * others alone.
 */
function authOf(client: Awaited<ReturnType<typeof library>>, secret: string | undefined): ClientAuth {
  if (secret === undefined) return client.None();
  const [basic, post] = [client.ClientSecretBasic(secret), client.ClientSecretPost(secret)];
  return (server, ...rest) => {
    const methods = server.token_endpoint_auth_methods_supported ?? ['client_secret_basic'];
    const takesPost = methods.includes('client_secret_post') && !methods.includes('client_secret_basic');
    return (takesPost ? post : basic)(server, ...rest);
  };
}

function oidcError(error: unknown): OidcError {
  if (error instanceof OidcError) return error;
  const { cause, code } = error as { cause?: unknown; code?: string };
  const isAway = error instanceof TypeError || code === 'OAUTH_TIMEOUT' || cause instanceof TypeError;
  return isAway && code !== 'OAUTH_INVALID_RESPONSE'
    ? new OidcError('provider-down', `the provider does not answer: ${say(error)}`, error)
    : new OidcError('refused', `what came back from the provider does not count: ${say(error)}`, error);
}

function say(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? `${error.message} (${error.cause.message})` : error.message;
}

function secretOf(
  section: OidcSection,
  env: Readonly<Record<string, string | undefined>>,
): string | undefined {
  const { 'client-secret-env': name, 'client-secret-file': file } = section;
  if (name !== undefined) {
    const secret = env[name];
    if (secret === undefined || secret === '')
      throw new RegistryError('registry/bad-config', `[oidc] names ${name}, which is not set`);
    return secret;
  }
  if (file === undefined) return undefined;
  try {
    return readFileSync(file, 'utf8').trim();
  } catch (cause) {
    const message = `[oidc] client-secret-file cannot be read: ${(cause as Error).message}`;
    throw new RegistryError('registry/bad-config', message, { cause });
  }
}
