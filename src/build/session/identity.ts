import { request } from 'undici';
import { BuildError } from '../error.ts';

/** What a job can be exchanged for a session: a CI's token, or a key. */
export type Brought = { readonly identity: string } | { readonly key: string };

/** Variables that hold, or get, what is exchanged. Nothing that is started afterwards has them. */
const variables = [
  'SAFEGUARD_ID_TOKEN',
  'SAFEGUARD_BUILD_KEY',
  'ACTIONS_ID_TOKEN_REQUEST_TOKEN',
  'ACTIONS_ID_TOKEN_REQUEST_URL',
] as const;

/** The variable that has a CI's token for Sigstore: GitLab's documentation and cosign have it so. */
const forSigstore = 'SIGSTORE_ID_TOKEN';

/** Whether there is anything to exchange. */
export function hasIdentity(environment: Readonly<Record<string, string | undefined>>): boolean {
  return variables.some((name) => environment[name]);
}

/** What a job can prove itself by, held where nothing that is started finds it. */
export interface HeldIdentity {
  /** Whether a CI says whose job it is; a key says nothing of the kind. */
  readonly isOfCi: boolean;
  /** A token for `audience` (GitHub gives a new one each time), or a key. Throws `BuildError('build/no-identity')`. */
  readonly bring: (audience: string) => Promise<Brought>;
  /** Whether a CI says whose job it is to an authority that certifies keys. */
  readonly isCertifiable: boolean;
  /** A token of the CI for that authority. Throws `BuildError('build/no-identity')`. */
  readonly certify: (audience: string) => Promise<string>;
}

/**
 * Takes what the environment has out of it: a token of the CI (GitLab's `id_tokens` put it into `SAFEGUARD_ID_TOKEN`;
 * GitHub gives one to whoever has the job's `id-token: write`; one that is for Sigstore alone is in
 * `SIGSTORE_ID_TOKEN`), or a key.
 */
export function holdIdentity(environment: Record<string, string | undefined>): HeldIdentity {
  const [identity, key, word, url, sigstore] = [...variables, forSigstore].map((name) => {
    const value = environment[name]?.trim();
    delete environment[name];
    return value === undefined || value === '' ? undefined : value;
  });
  return {
    isOfCi: identity !== undefined || (url !== undefined && word !== undefined),
    bring: async (audience) => {
      if (identity !== undefined) return { identity };
      if (key !== undefined) return { key };
      if (url !== undefined && word !== undefined) return { identity: await fromGitHub(url, word, audience) };
      throw new BuildError('build/no-identity', 'there is nothing to exchange for a session', {
        next:
          'On GitHub give the job `permissions: id-token: write`; on GitLab `id_tokens: { SAFEGUARD_ID_TOKEN: { aud: … } }`; elsewhere ' +
          'put a key into SAFEGUARD_BUILD_KEY: safeguard token create NAME --role build',
      });
    },
    isCertifiable: (sigstore ?? identity) !== undefined || (url !== undefined && word !== undefined),
    certify: async (audience) => {
      const own = sigstore ?? identity;
      if (own !== undefined) return own;
      if (url !== undefined && word !== undefined) return await fromGitHub(url, word, audience);
      throw new BuildError('build/no-identity', 'nothing here says whose job this is', {
        next:
          'On GitHub give the job `permissions: id-token: write`; on GitLab `id_tokens: { SIGSTORE_ID_TOKEN: { aud: sigstore } }`; elsewhere ' +
          'sign by a key (--key).',
      });
    },
  };
}

async function fromGitHub(url: string, word: string, audience: string): Promise<string> {
  const asked = new URL(url);
  asked.searchParams.set('audience', audience);
  try {
    const { statusCode, body } = await request(asked, {
      headers: { authorization: `Bearer ${word}`, accept: 'application/json' },
      headersTimeout: 30_000,
    });
    const { value } = (await body.json()) as { readonly value?: unknown };
    if (statusCode === 200 && typeof value === 'string') return value;
    throw new Error(`it answers with status ${statusCode}`);
  } catch (cause) {
    throw new BuildError('build/no-identity', `GitHub gave this job no token: ${(cause as Error).message}`, {
      next: 'Give the job `permissions: id-token: write`.',
      cause,
    });
  }
}
