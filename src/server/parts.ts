import type { SpanSink } from '../facts/tracing.ts';
import type { UploadLimits } from '../inventory/large/upload.ts';
import type { Trust } from '../inventory/signed.ts';
import type { TomlSource } from '../policy/toml.ts';
import type { EventSettings, EventSourceName } from '../registry/events/delivery.ts';
import type { Notifier } from '../registry/notify/notifier.ts';
import type { Refusals } from '../registry/refusals.ts';
import type { Mirror } from '../registry/serve/mirror.ts';
import type { Bucket } from '../store/s3/bucket.ts';
import type { Store } from '../store/store.ts';
import type { BuildSessions } from './build-sessions/sessions.ts';
import type { Guesses } from './identity/guesses.ts';
import type { Provider } from './identity/oidc.ts';
import type { TokenUses } from './identity/token-uses.ts';
import type { ServerLog } from './log.ts';
import type { Metrics } from './metrics.ts';
import type { PolicyFile } from './policy-file.ts';
import type { Punctuality } from './punctuality.ts';
import type { Told } from './settings/effective.ts';
import type { Signatures } from './signatures/signatures.ts';
import type { Sampling } from './tracing/settings.ts';

/** What the routes work with. */
export interface ServerParts {
  readonly mirror: Mirror;
  readonly notifier: Notifier;
  /** How many downloads were refused. */
  readonly refusals: Refusals;
  readonly store: Store;
  /** Whether crates, too, are for those who have a token. */
  readonly isClosed: boolean;
  /** What builds exchange for what they fetch. */
  readonly buildSessions: BuildSessions;
  /** What is signed for builds. */
  readonly signatures: Signatures;
  /** Where people sign in; absent: with tokens alone. */
  readonly provider: Provider | undefined;
  /** When tokens were used. */
  readonly tokenUses: TokenUses;
  /** Who tried tokens that are nobody's. */
  readonly guesses: Guesses;
  readonly database: 'sqlite' | 'postgresql';
  /** Who is told of spans, and which share of the requests is traced; absent: nobody. */
  readonly tracing: { readonly sink: SpanSink; readonly sampling: Sampling } | undefined;
  /** Where crates are kept; absent: in the data folder. */
  readonly bucket: Pick<Bucket, 'name' | 'lastError'> | undefined;
  readonly log: ServerLog;
  readonly metrics: Metrics;
  readonly punctuality: Punctuality;
  /** By source; a source that is not configured takes no events. */
  readonly events: ReadonlyMap<EventSourceName, EventSettings>;
  /** Name of the default upstream. */
  readonly defaultRegistry: string;
  /** What the organisation approved of for all its projects; `undefined` where it keeps no list. Throws where it cannot be read. */
  readonly approvals: () => TomlSource | undefined;
  /** Which artefacts count as signed. */
  readonly trust: Trust;
  /** What is taken of one artefact in parts. */
  readonly uploads: UploadLimits;
  /** The address that clients use, without a trailing `/`; absent: the one they send. */
  readonly publicUrl: string | undefined;
  /** Addresses and networks of the proxies whose word counts for where a request comes from. */
  readonly trustedProxies: readonly string[];
  /** Milliseconds in which a client must have sent its whole request. */
  readonly requestTime: number;
  /** Something became due: the watch need not wait for its next look. */
  readonly wake: () => void;
  /** Where its policy stands; absent: it was named none. */
  readonly policyFile: PolicyFile | undefined;
  /** What it was told when it was started. */
  readonly told: Told;
  /** Version of this program. */
  readonly version: string;
}
