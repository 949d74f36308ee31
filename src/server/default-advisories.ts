import { FeedError } from '../facts/feed/error.ts';
import type { ServerConfig } from './config.ts';

/** The public database of the RustSec project, for whoever names none. */
const publicDatabase = 'https://github.com/RustSec/advisory-db.git';
/** Names another address to take by default, such as a copy within the organisation, or `none`. */
const variable = 'SAFEGUARD_ADVISORY_DB';
/** What is given to have no advisory database at all. */
const none = 'none';

/** Milliseconds that a command waits for it: some megabytes the first time. A server waits for nothing. */
export const patienceForDefault = 30_000;

type Env = Readonly<Record<string, string | undefined>>;

/** Which advisory databases count, and whether somebody chose them. */
export interface ChosenAdvisories {
  /** Folders or addresses. */
  readonly databases: readonly string[];
  /** Nobody named one, and the public one is taken. Where that is out of reach, nothing waits for it. */
  readonly isDefault: boolean;
}

/** The databases of the command line and of the configuration; with neither, the public one. */
export function chosenAdvisories(
  given: readonly string[] | undefined,
  config: Pick<ServerConfig, 'advisory-db'>,
  env: Env = process.env,
): ChosenAdvisories {
  const named = [...(given ?? []), ...config['advisory-db']];
  if (named.length > 0) return { databases: named.filter((one) => one !== none), isDefault: false };
  const standing = env[variable] || publicDatabase;
  return standing === none ? { databases: [], isDefault: false } : { databases: [standing], isDefault: true };
}

/** Says of the default database what a person needs to know where it cannot be had. Throws `FeedError`. */
export async function orOutOfReach<T>(load: () => Promise<T>): Promise<T> {
  try {
    return await load();
  } catch (error) {
    if (!(error instanceof FeedError)) throw error;
    const message =
      'the public database of RustSec’s advisories is out of reach, so that known vulnerabilities and malice may go unseen ' +
      `(${error.message}); --advisory-db names another one, or none`;
    throw new FeedError(error.code, message, error);
  }
}
