import { readFile, rm, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { join, resolve } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import packageJson from '../../package.json' with { type: 'json' };
import { AttestError } from '../attest/error.ts';
import { logVerifier } from '../attest/logged.ts';
import { readAuthorities } from '../attest/timestamp/verify.ts';
import { isThisMachine } from '../facts/outgoing/address.ts';
import { sayDuration } from '../policy/duration.ts';
import type { Policy } from '../policy/policy.ts';
import type { TomlSource } from '../policy/toml.ts';
import type { AnchorPlace } from '../registry/duties/anchors.ts';
import type { Feeds } from '../registry/errands/feeds.ts';
import type { Target } from '../registry/notify/target.ts';
import { type AssembledServer, assemble, type ServerPlan } from './assemble.ts';
import { auditKey, keyOfFolder } from './audit/key.ts';
import { fileOfHeads, headsFile, postOfHeads } from './audit/places.ts';
import { logOfHeads, rekorFile } from './audit/rekor.ts';
import { timestampsFile, timestampsOfHeads } from './audit/timestamps.ts';
import { allUpstreams, loadConfig, type ServerConfig } from './config.ts';
import { chosenAdvisories } from './default-advisories.ts';
import { feedSummary } from './feed-summary.ts';
import { ensureAdminToken } from './identity/admin-token.ts';
import { serverLog } from './log.ts';
import { startLoops } from './loops.ts';
import { pagesAreBuilt } from './pages.ts';
import { PolicyFile } from './policy-file.ts';
import { ServeError } from './serve-error.ts';
import { noteServer } from './whereabouts.ts';

/** What `safeguard serve` was asked for. */
export interface ServeOptions {
  /** `HOST:PORT`; port 0 takes a free one. */
  readonly listen: string;
  /** Whether other replicas may listen there too; absent: nobody else may. */
  readonly sharePort?: boolean;
  readonly data: string;
  readonly policy?: string;
  /** A registry's name or the URL of its sparse index. */
  readonly upstream: string;
  readonly database?: string;
  readonly config?: string;
  /** Whether it may listen beyond this machine and let everybody fetch. */
  readonly insecure?: boolean;
  /** Whether it does what is due; absent: it does. */
  readonly watch?: boolean;
  /** Folders, git repositories or URLs of tarballs. */
  readonly advisoryDb?: readonly string[];
  readonly logFormat: 'text' | 'json';
}

export interface RunningServer {
  /** Without a trailing `/`. */
  readonly url: string;
  /** What cargo's `registry` key takes after `sparse+`. */
  readonly indexUrl: string;
  /** Whether a browser is shown anything: in a checkout they may not be built. */
  readonly hasPages: boolean;
  /** What is in force, a line each. */
  readonly policySummary: string[];
  close(): Promise<void>;
}

/**
 * Starts the mirror and returns once it answers. Throws `PolicyError`, `RegistryError`, `StoreError` or `ServeError`
 * where it cannot start; then nothing is left running.
 */
export async function serve(options: ServeOptions): Promise<RunningServer> {
  const clock = Date.now;
  const log = serverLog(options.logFormat, (line) => process.stdout.write(line), clock);
  const data = resolve(options.data);
  const file = await configSource(options.config);
  const config = loadConfig(file);
  refuseToListen(options, config);
  refuseToBeAlone(options);
  const policy = await policySource(options.policy);
  const advisories = chosenAdvisories(options.advisoryDb, config);
  let wake = () => {};
  const server = await assemble({
    data,
    database: options.database,
    onlyServes: options.watch === false,
    advisories,
    upstreams: allUpstreams(options.upstream, config),
    policy,
    config,
    tls: await readTls(config),
    ...(await auditPlan(data, config)),
    env: process.env,
    policyFile: options.policy === undefined ? undefined : new PolicyFile(resolve(options.policy)),
    told: { flags: { ...options }, file: options.config === undefined ? undefined : file },
    log,
    clock,
    version: packageJson.version,
    wake: () => wake(),
  });
  try {
    const { auditor } = server.mirror.context;
    const token = await ensureAdminToken(
      server.store,
      data,
      options.database !== undefined,
      clock(),
      auditor,
    );
    const url = await listen(server, options, config);
    const loops = startLoops(server, log);
    wake = loops.wake;
    const note = join(data, 'server.json');
    await writeFile(note, `${JSON.stringify({ url, pid: process.pid })}\n`, { mode: 0o600 });
    const unnote = await noteServer(url, data);
    if (token === undefined)
      log.info('the admin token lies with another replica; set SAFEGUARD_TOKEN to act here');
    return {
      url,
      indexUrl: `${url}/index/`,
      hasPages: pagesAreBuilt(),
      policySummary: [
        ...summary(server.policy, policy, config, server.mirror.context.feeds, advisories.isDefault),
        server.people,
        options.watch === false ? 'what is due is done by other replicas' : told(server.notifier.targets),
      ],
      close: async () => {
        if (await isOwn(note)) await rm(note, { force: true });
        await unnote();
        const stopped = loops.stop();
        await server.close();
        await Promise.race([stopped, setTimeout(1_000, undefined, { ref: false })]);
      },
    };
  } catch (error) {
    await server.close();
    throw error;
  }
}

async function listen(
  server: AssembledServer,
  { listen: address, sharePort = false }: ServeOptions,
  config: ServerConfig,
): Promise<string> {
  const match = /^(.*):(\d{1,5})$/.exec(address);
  if (match === null)
    throw new ServeError(
      'serve/bad-address',
      `"${address}" is no address to listen on: give HOST:PORT, such as 127.0.0.1:8480`,
    );
  const [, host = '', port = ''] = match;
  try {
    // socket(7), SO_REUSEPORT: the kernel spreads connections over all that listen, which are of one user.
    const shared = sharePort ? { reusePort: true } : {};
    await server.app.listen({ host: host.replace(/^\[(.*)\]$/, '$1'), port: Number(port), ...shared });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new ServeError(
      'serve/cannot-listen',
      `cannot listen on ${address}: ${reason}. Choose another with --listen.`,
      { cause: error },
    );
  }
  const actual = server.app.server.address() as AddressInfo;
  const scheme = config.tls === undefined ? 'http' : 'https';
  return config['public-url']?.replace(/\/$/, '') ?? `${scheme}://${reachable(host)}:${actual.port}`;
}

/** A host that this machine's own clients can name, where the server listens on every address. */
function reachable(host: string): string {
  if (host === '' || host === '0.0.0.0') return '127.0.0.1';
  return host === '[::]' ? '[::1]' : host;
}

/** Whether a note is of this process, and not of another replica that shares its folder. */
async function isOwn(note: string): Promise<boolean> {
  try {
    return (JSON.parse(await readFile(note, 'utf8')) as { pid?: unknown }).pid === process.pid;
  } catch {
    return false;
  }
}

async function policySource(file: string | undefined): Promise<TomlSource> {
  return file === undefined
    ? { file: 'the default policy', text: '' }
    : { file, text: await readSettings(file, 'policy') };
}

async function configSource(file: string | undefined): Promise<TomlSource> {
  return file === undefined
    ? { file: 'the default configuration', text: '' }
    : { file, text: await readSettings(file, 'configuration') };
}

async function readTls(config: ServerConfig) {
  if (config.tls === undefined) return undefined;
  const { cert, key } = config.tls;
  return { cert: await readSettings(cert, 'certificate'), key: await readSettings(key, 'private key') };
}

/** Crates for whoever reaches a server are for this machine alone, unless somebody says that the network sees to it. */
function refuseToListen({ listen, insecure = false }: ServeOptions, config: ServerConfig): void {
  const host = listen.slice(0, listen.lastIndexOf(':')).replace(/^\[|\]$/g, '');
  if (insecure || config['auth-required'] || isThisMachine(host)) return;
  throw new ServeError(
    'serve/open',
    `${listen} is reached from other machines, and this server would give crates and verdicts to whoever asks. ` +
      'Say auth-required = true in server.toml (--config), so that they need a token, or --insecure where the network sees to it.',
  );
}

/** What only a replica can do. */
function refuseToBeAlone({ watch = true, sharePort = false, database }: ServeOptions): void {
  if (database !== undefined) return;
  if (!watch)
    throw new ServeError(
      'serve/no-watch',
      'with --no-watch other servers judge and promote, and nobody shares this one’s own database. Name theirs by --database, or leave it out.',
    );
  if (sharePort)
    throw new ServeError(
      'serve/share-port',
      'with --share-port other servers answer at the same address, and nobody shares this one’s own database. Name theirs by --database, or leave it out.',
    );
}

/** Who signs the audit log, and where its heads are kept. Throws `ServeError` for a key that is none. */
async function auditPlan(
  data: string,
  { audit }: ServerConfig,
): Promise<Pick<ServerPlan, 'auditKey' | 'anchorPlaces'>> {
  const file = audit['anchor-file'];
  const url = audit['anchor-url'];
  const stamps = audit['timestamp-url'];
  const anchorPlaces = [
    fileOfHeads(join(data, headsFile)),
    ...(file === undefined ? [] : [fileOfHeads(file)]),
    ...(url === undefined ? [] : [postOfHeads(new URL(url))]),
    ...(stamps === undefined
      ? []
      : [timestampsOfHeads(new URL(stamps), join(data, timestampsFile), await timestampAuthorities(audit))]),
    ...(await publicLog(data, audit)),
  ];
  if (audit.key === undefined) return { auditKey: await keyOfFolder(data), anchorPlaces };
  const pem = await readSettings(audit.key, 'audit key');
  try {
    return { auditKey: auditKey(pem), anchorPlaces };
  } catch (cause) {
    if (!(cause instanceof AttestError)) throw cause;
    throw new ServeError('serve/unreadable', `the audit key ${audit.key}: ${cause.message}`, { cause });
  }
}

/** The transparency log that heads are put into, if any. Throws `ServeError` for a file that is no trusted root. */
async function publicLog(data: string, audit: ServerConfig['audit']): Promise<readonly AnchorPlace[]> {
  const { 'rekor-url': url, 'rekor-root': file, 'rekor-version': version } = audit;
  if (url === undefined || file === undefined) return [];
  const text = await readSettings(file, 'trusted root');
  try {
    return [logOfHeads({ url: new URL(url), version }, join(data, rekorFile), logVerifier(text))];
  } catch (cause) {
    if (!(cause instanceof AttestError)) throw cause;
    throw new ServeError('serve/unreadable', `${file}: ${cause.message}`, { cause });
  }
}

/**
 * Who vouches for the service of timestamps; `undefined`: nobody was named. Throws `ServeError` for a file without a
 * certificate.
 */
async function timestampAuthorities(audit: ServerConfig['audit']) {
  const file = audit['timestamp-ca'];
  if (file === undefined) return undefined;
  const pem = await readSettings(file, 'certificate');
  try {
    return readAuthorities(pem);
  } catch (cause) {
    if (!(cause instanceof AttestError)) throw cause;
    throw new ServeError('serve/unreadable', `${file}: ${cause.message}`, { cause });
  }
}

async function readSettings(file: string, what: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new ServeError('serve/unreadable', `cannot read the ${what} ${file}: ${reason}`, { cause: error });
  }
}

function summary(
  policy: Policy,
  source: TomlSource,
  config: ServerConfig,
  feeds: Feeds,
  isDefault: boolean,
): string[] {
  const cooldown = policy.settings.cooldown as {
    release: number;
    'new-crate': number;
    'break-glass': boolean;
  };
  const blocked = (policy.settings.blocklist as { crates: readonly unknown[] }).crates.length;
  return [
    `${source.file} (digest ${policy.digest.slice(0, 12)})`,
    `a new release waits ${sayDuration(cooldown.release)}, a new crate's ${sayDuration(cooldown['new-crate'])}`,
    `${blocked} crates on the policy's blocklist; breaking glass is ${cooldown['break-glass'] ? 'possible' : 'off'}`,
    `known crates are looked at every ${sayDuration(config['poll-interval'])}`,
    ...feedSummary(feeds.names(), policy, config, isDefault),
  ];
}

function told(targets: readonly Target[]): string {
  if (targets.length === 0)
    return 'nobody is told when a release that was handed out is blocked: no [[notify]] is configured';
  const names = targets.map(({ name, kind, where }) => `${name} (${kind}: ${where})`);
  return `told when a release that was handed out is not any more: ${names.join('; ')}`;
}
