import { cleanCommit } from '../../facts/feed/git.ts';
import type { FactsAnswer, FactsPort } from '../../gate/facts-port.ts';
import { cacheFolder } from '../../gate/project/cache-folder.ts';
import type { FactsHere } from '../../server/check-here.ts';
import { type FactsBasis, isStill } from '../../server/facts-basis.ts';
import { type KeptFile, keptFile } from '../shared/kept-file.ts';
import { wholeProgram } from '../shared/whole-program.ts';

/** Which mirror of this process's own is asked, and how. */
export interface CacheOptions {
  readonly upstream: string;
  readonly advisoryDb?: readonly string[];
  readonly offline: boolean;
  /** Whether what advisories say is wanted. */
  readonly advised?: boolean;
}

/** The answers of one run, each by its question. */
interface KeptFacts {
  readonly basis: FactsBasis;
  readonly facts: ReadonlyMap<string, FactsAnswer>;
  readonly releases: ReadonlyMap<string, Releases>;
  /** What was to be said of where they come from. */
  readonly notices: readonly string[];
}

type Releases = Awaited<ReturnType<FactsPort['releases']>>;

export interface KeptFactsPort extends FactsPort {
  /** Keeps what this run was answered, where the next one would be answered the same, and closes what was opened. */
  readonly close: () => Promise<void>;
}

/**
 * Facts of a mirror of this process's own, which `open` opens. The answers of the last run are kept: where the same is asked, nobody
 * wrote into the cache or the advisory databases since, and no index file is due, they are the answers again, and nothing is opened.
 * What depends on the time is not among them: rules are asked anew, by the time that it is.
 */
export function keptFacts(
  options: CacheOptions,
  open: (onNotice: (notice: string) => void) => Promise<FactsHere>,
  onNotice: (notice: string) => void,
): KeptFactsPort {
  let file: KeptFile<KeptFacts> | undefined;
  let kept: KeptFacts | undefined;
  let opened: Promise<FactsHere> | undefined;
  let isUsed = false;
  let isNew = false;
  const notices = new Set<string>();
  const tell = (notice: string) => {
    if (notices.has(notice)) return;
    notices.add(notice);
    onNotice(notice);
  };
  const used = { facts: new Map<string, FactsAnswer>(), releases: new Map<string, Releases>() };
  const look = (slot: string) => {
    if (file !== undefined) return;
    file = keptFile<KeptFacts>('facts', questionOf(options, slot), wholeProgram(), cacheFolder());
    if (file.value !== undefined && isStill(file.value.basis, Date.now())) kept = file.value;
  };
  const here = () => {
    opened ??= open(tell);
    return opened;
  };
  const answered = async <Answer>(
    question: string,
    before: ReadonlyMap<string, Answer> | undefined,
    now: Map<string, Answer>,
    ask: (port: FactsPort) => Promise<Answer>,
  ): Promise<Answer> => {
    const found = before?.get(question);
    if (found === undefined) isNew = true;
    else {
      isUsed = true;
      kept?.notices.forEach(tell);
    }
    const answer = found ?? (await ask(await here()));
    now.set(question, answer);
    return answer;
  };
  return {
    facts: async (asked) => {
      look(asked.every(({ bytes }) => bytes) ? 'whole' : 'change');
      const question = JSON.stringify(asked);
      const answer = await answered(question, kept?.facts, used.facts, (port) => port.facts(asked));
      return kept?.facts.get(question) === answer ? await atThisTime(answer, kept.basis) : answer;
    },
    releases: async (crates) => {
      look('whole');
      return await answered(JSON.stringify(crates), kept?.releases, used.releases, (port) =>
        port.releases(crates),
      );
    },
    close: async () => {
      const port = await opened?.catch(() => undefined);
      if (port === undefined) return;
      const basis = await port.basis().finally(() => port.close());
      const whole = isUsed ? joined(kept?.basis, basis) : basis;
      // What this run wrote itself was not there when it began.
      if (!isNew || whole === undefined || !isStill(whole, Date.now())) return;
      file?.keep({ basis: whole, ...used, notices: [...notices] });
    },
  };
}

/** All that answers depend on beside what is asked, and what `FactsBasis` has. */
function questionOf({ upstream, advisoryDb, offline, advised }: CacheOptions, slot: string): string {
  const variables = Object.entries(process.env).filter(([name]) =>
    /^(?:SAFEGUARD|CARGO|HOME$|XDG_)/.test(name),
  );
  return JSON.stringify([process.cwd(), slot, upstream, advisoryDb, offline, advised, variables.sort()]);
}

/** What both sets of answers follow from; `undefined` where they are of different states. */
function joined(one: FactsBasis | undefined, other: FactsBasis | undefined): FactsBasis | undefined {
  if (one === undefined || other === undefined) return undefined;
  const stateOf = ({ database, folders }: FactsBasis) => JSON.stringify([database, folders]);
  if (stateOf(one) !== stateOf(other)) return undefined;
  return {
    ...one,
    from: Math.max(one.from, other.from),
    until: Math.min(one.until, other.until),
  };
}

/** An answer that is given again, by the clock as it is, and of folders that were found as they were. */
async function atThisTime(answer: FactsAnswer, { folders }: FactsBasis): Promise<FactsAnswer> {
  const now = Date.now();
  const readAt = new Date(now).toISOString();
  const advisories = answer.advisories?.map(async (one) => {
    if (folders.every(({ source }) => source !== one.source)) return one;
    const { source, commit: _, ...said } = one;
    const commit = await cleanCommit(source);
    return { source, ...(commit === undefined ? {} : { commit }), ...said, readAt };
  });
  return {
    ...answer,
    now,
    ...(advisories === undefined ? {} : { advisories: await Promise.all(advisories) }),
  };
}
