import { z } from 'zod';
import { failureText } from '../outgoing/error.ts';
import { Pacer } from './pacer.ts';

/** What the registry's web API says of a crate: its owners, and who published each release. */
export interface ApiAnswer {
  /** When it was asked, as epoch milliseconds. */
  readonly at: number;
  readonly crate: z.output<typeof crateSchema>;
  readonly owners: readonly z.output<typeof ownerSchema>[];
}

/** One HTTP GET; rejects when there is no answer. */
export type Fetch = (
  url: string,
  headers: Readonly<Record<string, string>>,
) => Promise<{ readonly status: number; readonly retryAfter?: string | null; readonly body: Uint8Array }>;

export type ApiResult =
  | { readonly kind: 'answer'; readonly answer: ApiAnswer }
  | {
      readonly kind: 'none';
      readonly reason: string;
      /** When the registry may be asked again, where it wants to be left alone: epoch milliseconds. */
      readonly retryAt?: number | undefined;
    };

export interface ApiOptions {
  /** Name of the registry, for messages. */
  readonly registry: string;
  /** Base address of its web API, see `apiAddress`. */
  readonly api: string;
  /** Who asks, with a way to reach them: the crawler policy wants it. */
  readonly contact: string;
  readonly fetch: Fetch;
  readonly now: () => number;
  readonly wait: (milliseconds: number) => Promise<void>;
}

const day = 24 * 60 * 60 * 1000;
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

/** Asks a registry's web API who stands behind a crate: at most one request a second. */
export class MaintainersApi {
  readonly #options: ApiOptions;
  readonly #pacer: Pacer;
  #silentUntil = Number.NEGATIVE_INFINITY;
  #silentReason = '';

  constructor(options: ApiOptions) {
    this.#options = options;
    this.#pacer = new Pacer({ interval: 1_000, now: options.now, wait: options.wait });
  }

  /** Two requests; while the registry wants to be left alone, none. */
  async ask(crate: string): Promise<ApiResult> {
    const path = `${this.#options.api}/api/v1/crates/${encodeURIComponent(crate)}`;
    const at = this.#options.now();
    try {
      const found = await this.#get(`${path}?include=versions`, crateSchema);
      const { users: owners } = await this.#get(`${path}/owners`, ownersSchema);
      return { kind: 'answer', answer: { at, crate: found, owners } };
    } catch (error) {
      if (error instanceof NoAnswer) return { kind: 'none', reason: error.message, retryAt: error.retryAt };
      throw error;
    }
  }

  #get<Schema extends z.ZodType>(url: string, schema: Schema): Promise<z.output<Schema>> {
    const { registry, fetch, contact, now } = this.#options;
    return this.#pacer.run(async () => {
      // A clock that was set back must not make it last.
      if (now() < this.#silentUntil && this.#silentUntil - now() <= day)
        throw new NoAnswer(this.#silentReason, this.#silentUntil);
      const headers = { 'user-agent': `safeguard (${contact})`, accept: 'application/json' };
      const answer = await fetch(url, headers).catch((error: unknown) => {
        throw this.#silence(`${registry} cannot be reached: ${failureText(error)}`, pause);
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
    return new NoAnswer(reason, this.#silentUntil);
  }
}

/** Why there is no answer; ends as the reason of an unknown fact. */
class NoAnswer extends Error {
  readonly retryAt: number | undefined;

  constructor(reason: string, retryAt?: number) {
    super(reason);
    this.retryAt = retryAt;
  }
}

function parseJson(body: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(body).toString('utf8'));
  } catch {
    return undefined;
  }
}
