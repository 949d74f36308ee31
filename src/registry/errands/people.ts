import { setImmediate } from 'node:timers/promises';
import { canonicalName } from '../../cargo/index-path.ts';
import type { AdvisoryDatabase } from '../../facts/advisories/database.ts';
import { isTakenDown } from '../../facts/advisories/takedowns.ts';
import type { DumpedName } from '../../facts/dump/port.ts';
import type { FirstParty } from '../../facts/first-party.ts';
import type { ApiAnswer, ApiResult } from '../../facts/maintainers/api.ts';
import { publishersIn } from '../../facts/maintainers/from-api.ts';
import { type CrateMaintainers, readDumped } from '../../facts/maintainers/gather.ts';
import type { DumpedUse } from '../../facts/popularity/fact.ts';
import { shippedAt, shippedSource } from '../../facts/popularity/shipped.ts';
import { type Compared, knownNames, withOwn } from '../../facts/typosquat/names.ts';
import { Namespace } from '../../facts/typosquat/namespace.ts';
import { leastImitated } from '../../facts/typosquat/resemblance.ts';
import type { Policy } from '../../policy/policy.ts';
import type { PeopleRecord } from '../../store/records.ts';
import type { Store } from '../../store/store.ts';
import type { Knowledge } from '../judgement/knowledge.ts';

/** What is known of a crate, its use and the people behind it, beside its index file. */
export interface CratePeople {
  /** As the dump in force says; absent: there is none, or it does not have the crate. */
  readonly use: DumpedUse | undefined;
  /** When the crate was made, as the dump says: epoch milliseconds. */
  readonly created: number | undefined;
  readonly maintainers: CrateMaintainers;
  /** Crates that have an owner in common with it, by `canonicalName`. */
  readonly ownedAlongside: ReadonlySet<string>;
}

/** Which upstreams' people are known from where. */
export interface PeopleSources {
  /** The upstream whose database dump is imported. */
  readonly dumpOf: string | undefined;
  /** The upstream whose web API is asked. */
  readonly apiOf: string | undefined;
}

/** Names that are read at once. */
const page = 5_000;

/**
 * What judgements ask of people, use and names. It reads the store alone: what the dump and the API say is brought
 * there by errands, so that no judgement waits for a network.
 */
export class People {
  readonly sources: PeopleSources;
  readonly #store: Store;
  readonly #advisories: () => readonly AdvisoryDatabase[];
  #all: { readonly names: Namespace; readonly source: string; readonly at: number };
  /** When the dump was imported that the names are from; `undefined`: the shipped list. */
  #imported: number | undefined;
  #withOwn: { readonly all: Namespace; readonly own: string; readonly names: Compared } | undefined;

  constructor(store: Store, sources: PeopleSources, advisories: () => readonly AdvisoryDatabase[]) {
    this.#store = store;
    this.sources = sources;
    this.#advisories = advisories;
    this.#all = shippedNamespace();
  }

  /** Every crate name that is known, and the organisation's own. */
  namespace(policy: Policy): Knowledge['namespace'] {
    const own = firstPartyOf(policy).names;
    const { names: all, source, at } = this.#all;
    const key = JSON.stringify(own);
    if (this.#withOwn?.all !== all || this.#withOwn.own !== key)
      this.#withOwn = { all, own: key, names: withOwn(all, own) };
    return { names: this.#withOwn.names, source, at };
  }

  /** Takes the names of the dump in force over, in slices: at the start, and after an import by any replica. */
  async adopt(): Promise<void> {
    const { dumpOf } = this.sources;
    if (dumpOf === undefined) return;
    for (;;) {
      const state = await this.#store.dumps.state(dumpOf);
      if (state?.importedAt === this.#imported) return;
      this.#all =
        state === undefined
          ? shippedNamespace()
          : { names: await this.#dumpedNames(dumpOf), source: 'database dump', at: state.takenAt };
      this.#imported = state?.importedAt;
    }
  }

  /** What is known of one crate now. */
  async of(registry: string, key: string, compared: Compared): Promise<CratePeople> {
    const { dumpOf, apiOf } = this.sources;
    const asked = registry === apiOf ? askedOf(await this.#store.people(registry, key)) : undefined;
    if (registry !== dumpOf) return { ...unheardOf, maintainers: { asked } };
    const { dumps } = this.#store;
    const publishers = asked?.kind === 'answer' ? publishersIn(asked.answer) : [];
    const dump = await readDumped(dumps, registry, key, publishers, this.#isMalicious());
    const maintainers = { asked, dump };
    const crate = dump.crate?.crate;
    if (crate === undefined || dump.state === undefined) return { ...unheardOf, maintainers };
    const { name, downloads, recentDownloads, dependents, createdAt } = crate;
    // Few names resemble another; a prolific owner has thousands of crates.
    const resembles = compared.resemblances({ name, uses: downloads }).length > 0;
    const alongside = resembles ? await dumps.ownedAlongside(registry, crate.id) : [];
    return {
      use: { downloads, recentDownloads, dependents, takenAt: dump.state.takenAt },
      created: createdAt,
      maintainers,
      ownedAlongside: new Set(alongside.map(canonicalName)),
    };
  }

  #isMalicious(): ((crate: string) => boolean) | undefined {
    const databases = this.#advisories();
    return databases.length === 0 ? undefined : (crate) => isTakenDown(crate, databases);
  }

  async #dumpedNames(registry: string): Promise<Namespace> {
    const dumped: DumpedName[] = [];
    for (;;) {
      const after = dumped.at(-1)?.id ?? 0;
      const more = await this.#store.dumps.names(registry, {
        leastDownloads: leastImitated,
        after,
        limit: page,
      });
      for (const name of more) dumped.push(name);
      if (more.length < page) return await Namespace.inSlices(knownNames({ dumped }), () => setImmediate());
      await setImmediate();
    }
  }
}

/** What belongs to the organisation, as the policy says. */
export function firstPartyOf(policy: Policy): FirstParty {
  return policy.settings['dependency-confusion'] as FirstParty;
}

/** What is known of a crate of which neither a dump nor an API says anything. */
export const unheardOf: CratePeople = {
  use: undefined,
  created: undefined,
  maintainers: {},
  ownedAlongside: new Set(),
};

/** The names of the list that comes with the product: what is known before anything was imported. */
export function shippedNamespace() {
  return { names: new Namespace(knownNames({})), source: shippedSource, at: shippedAt };
}

/** What the API said of a crate, or why it has not. */
function askedOf(record: PeopleRecord | undefined): ApiResult {
  if (record?.answer != null) return { kind: 'answer', answer: answerOf(record.answer) };
  return { kind: 'none', reason: record?.reason ?? 'the registry’s API has not been asked yet' };
}

/** An answer as it was kept. */
export function answerOf(kept: string): ApiAnswer {
  return JSON.parse(kept) as ApiAnswer;
}
