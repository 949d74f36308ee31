/** A flag of `safeguard serve`. */
export interface ServeFlag {
  /** As its option has it: `listen`, `advisoryDb`. */
  readonly key:
    | 'listen'
    | 'sharePort'
    | 'data'
    | 'policy'
    | 'upstream'
    | 'database'
    | 'advisoryDb'
    | 'config'
    | 'watch'
    | 'insecure'
    | 'logFormat';
  /** As commander reads it. */
  readonly form: string;
  readonly description: string;
  readonly default?: string | boolean;
}

/** Every flag of `safeguard serve`, in the order of its help. */
export const serveFlags: readonly ServeFlag[] = [
  { key: 'listen', form: '--listen <address>', description: 'where to listen', default: '127.0.0.1:8480' },
  {
    key: 'sharePort',
    form: '--share-port',
    description:
      'let other replicas of this machine listen there too: each takes a part of the connections (Linux, macOS)',
    default: false,
  },
  { key: 'data', form: '--data <dir>', description: 'where everything is kept', default: './safeguard-data' },
  {
    key: 'policy',
    form: '--policy <file>',
    description: 'the policy (default: every rule with its defaults)',
  },
  {
    key: 'upstream',
    form: '--upstream <name|url>',
    description: 'the registry behind it: a name, or the URL of a sparse index',
    default: 'crates.io',
  },
  {
    key: 'database',
    form: '--database <url>',
    description: 'a PostgreSQL database instead of the embedded one',
  },
  {
    key: 'advisoryDb',
    form: '--advisory-db <dir|url>',
    description:
      'an advisory database: a folder, a git repository, a tarball, or none; may be given several times (default: that of the RustSec project)',
  },
  {
    key: 'config',
    form: '--config <file>',
    description: 'more upstreams, TLS, events and poll intervals (server.toml)',
  },
  {
    key: 'watch',
    form: '--no-watch',
    description: 'only serve: other replicas of the same database poll, judge and promote',
    default: false,
  },
  {
    key: 'insecure',
    form: '--insecure',
    description: 'listen beyond this machine without asking for tokens',
    default: false,
  },
  { key: 'logFormat', form: '--log-format <format>', description: 'how to log', default: 'text' },
];
