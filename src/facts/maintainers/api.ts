import { z } from 'zod';
import { canonicalName } from '../../cargo/index-path.ts';
import { Pacer } from './pacer.ts';

/** What the registry's web API says of a crate: its owners, and who published each release. */
export interface ApiAnswer {
  /** When it was asked, as epoch milliseconds. */
  readonly at: number;
  readonly crate: z.output<typeof crateSchema>;
  readonly owners: readonly z.output<typeof ownerSchema>[];
}

/** Where answers are kept. A small port, so that replicas may share one. */
export interface AnswerCache {
  get(key: string): Promise<ApiAnswer | undefined>;
  put(key: string, answer: ApiAnswer): Promise<void>;
}

/** One HTTP GET; rejects when there is no answer. */
export type Fetch = (
  url: string,
  headers: Readonly<Record<string, string>>,
) => Promise<{ readonly status: number; readonly retryAfter?: string | null; readonly body: Uint8Array }>;

export type ApiResult =
  | { readonly kind: 'answer'; readonly answer: ApiAnswer }
  | { readonly kind: 'none'; readonly reason: string };

export interface ApiOptions {
  /** Name of the registry, for messages. */
  readonly registry: string;
  /** Base address of its web API, see `apiAddress`. */
  readonly api: string;
  /** Who asks, with a way to reach them: the crawler policy wants it. */
  readonly contact: string;
  readonly fetch: Fetch;
  readonly cache: AnswerCache;
  readonly now: () => number;
  readonly wait: (milliseconds: number) => Promise<void>;
  /** Milliseconds that an answer is good for. */
  readonly ttl?: number;
}

const day = 24 * 60 * 60 * 1000;
/** Milliseconds that an old answer may stand in for one that cannot be had. */
const staleFor = 7 * day;
/** Milliseconds without a request after the registry did not answer, or asked to be left alone. */
const pause = 60_000;

const time = z.iso.datetime({ offset: true }).transform((text) => Date.parse(text));
const userSchema = z.object({ id: z.int(), login: z.string(), created_at: time.nullish() });
const crateSchema = z.object({
  crate: z.object({ name: z.string(), trustpub_only: z.boolean().nullish() }),
  versions: z.array(
    z.object({
      num: z.string(),
      created_at: time,
      published_by: userSchema.nullish(),
      trustpub_data: z.unknown(),
    }),
  ),
});
const ownerSchema = z.object({
  id: z.int(),
  login: z.string(),
  kind: z.enum(['user', 'team']),
  name: z.string().nullish(),
});
const ownersSchema = z.object({ users: z.array(ownerSchema) });

/** The base address of a registry's web API: what its `config.json` says, else formed from the registry's name. */
export function apiAddress(registry: string, configured?: string | null): string {
  return (configured || `https://${registry}`).replace(/\/+$/, '');
}

/** Asks a registry's web API who stands behind a crate: at most one request a second, each answer kept for a day. */
export class MaintainersApi {
  readonly #options: ApiOptions;
  readonly #pacer: Pacer;
  readonly #underWay = new Map<string, Promise<ApiResult>>();
  #silentUntil = Number.NEGATIVE_INFINITY;
  #silentReason = '';

  constructor(options: ApiOptions) {
    this.#options = options;
    this.#pacer = new Pacer({ interval: 1_000, now: options.now, wait: options.wait });
  }

  /** What is known of a crate. With `since`, an answer from before that time is asked for anew: a release came later. */
  async ask(crate: string, since?: number): Promise<ApiResult> {
    const key = `${this.#options.registry}/${canonicalName(crate)}`;
    const kept = await this.#options.cache.get(key);
    const { now, ttl = day } = this.#options;
    const isFresh = kept !== undefined && now() < kept.at + ttl && (since === undefined || kept.at >= since);
    if (isFresh) return { kind: 'answer', answer: kept };
    const asked = this.#underWay.get(key) ?? this.#askNow(crate, key);
    const result = await asked;
    const isUsable = kept !== undefined && now() < kept.at + staleFor;
    return result.kind === 'none' && isUsable ? { kind: 'answer', answer: kept } : result;
  }

  #askNow(crate: string, key: string): Promise<ApiResult> {
    const asked = this.#read(crate)
      .then(async (result) => {
        if (result.kind === 'answer') await this.#options.cache.put(key, result.answer);
        return result;
      })
      .finally(() => this.#underWay.delete(key));
    this.#underWay.set(key, asked);
    return asked;
  }

  async #read(crate: string): Promise<ApiResult> {
    const path = `${this.#options.api}/api/v1/crates/${encodeURIComponent(crate)}`;
    const at = this.#options.now();
    try {
      const found = await this.#get(`${path}?include=versions`, crateSchema);
      const { users: owners } = await this.#get(`${path}/owners`, ownersSchema);
      return { kind: 'answer', answer: { at, crate: found, owners } };
    } catch (error) {
      if (error instanceof NoAnswer) return { kind: 'none', reason: error.message };
      throw error;
    }
  }

  #get<Schema extends z.ZodType>(url: string, schema: Schema): Promise<z.output<Schema>> {
    const { registry, fetch, contact, now } = this.#options;
    return this.#pacer.run(async () => {
      if (now() < this.#silentUntil) throw new NoAnswer(this.#silentReason);
      const headers = { 'user-agent': `safeguard (${contact})`, accept: 'application/json' };
      const answer = await fetch(url, headers).catch((error: unknown) => {
        throw this.#silence(`${registry} cannot be reached: ${(error as Error).message}`, pause);
      });
      if (answer.status === 404) throw new NoAnswer(`${registry} has no such crate`);
      if (answer.status !== 200) {
        const told = Number(answer.retryAfter ?? Number.NaN) * 1000;
        throw this.#silence(
          `${registry} answered ${answer.status}`,
          Number.isFinite(told) ? Math.min(Math.max(told, 1_000), day) : pause,
        );
      }
      const parsed = schema.safeParse(parseJson(answer.body));
      if (!parsed.success) throw new NoAnswer(`${registry} answered what is no answer of its API`);
      return parsed.data;
    });
  }

  #silence(reason: string, length: number): NoAnswer {
    this.#silentUntil = this.#options.now() + length;
    this.#silentReason = reason;
    return new NoAnswer(reason);
  }
}

/** Why there is no answer; ends as the reason of an unknown fact. */
class NoAnswer extends Error {}

function parseJson(body: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(body).toString('utf8'));
  } catch {
    return undefined;
  }
}
