import { createHash } from 'node:crypto';

/** Where cargo goes for what a session fetches: a place that is reached through the session's proxy alone. */
export interface SessionSources {
  /** As cargo writes it into the paths of its home: the same for each build of one server. */
  readonly origin: string;
  /** Words of cargo that put it in the place of the registries. */
  readonly words: readonly string[];
}

/**
 * The place for a server, in the stead of crates.io and of each registry of the server that the lockfile's `sources`
 * name. Cargo asks for the replaced registry's name alone, so that lockfile and package ids stay as they are (cargo:
 * src/sources/config.rs).
 */
export function sessionSources(server: string, sources: readonly string[]): SessionSources {
  const digest = createHash('sha256').update(server).digest('hex').slice(0, 12);
  const origin = `http://session-${digest}.safeguard.invalid`;
  const own = [...new Set(sources)].filter((source) => source.startsWith(`sparse+${server}/`)).sort();
  const settings = [
    ['source.crates-io.replace-with', 'safeguard-session'],
    ['registries.safeguard-session.index', `sparse+${origin}/index/`],
    ...own.flatMap((source, i) => [
      [`source.safeguard-own-${i}.registry`, source],
      [`source.safeguard-own-${i}.replace-with`, `safeguard-session-${i}`],
      [`registries.safeguard-session-${i}.index`, source.replace(server, origin)],
    ]),
  ];
  return {
    origin,
    words: settings.flatMap(([key, value]) => ['--config', `${key}=${JSON.stringify(value)}`]),
  };
}
