import type { AuditState } from '../audit/entry.ts';
import { crateKey } from '../cargo/index-path.ts';
import { sayDuration } from '../policy/duration.ts';
import type { ReleaseRecord } from '../store/records.ts';
import type { StoreWriter } from '../store/store.ts';
import type { Actor } from './auditor.ts';
import { type MirrorContext, settleNow, upstreamOf } from './context.ts';
import { notAllowed } from './error.ts';
import { handsOf, sayHand } from './hands.ts';

/** What a person asks for at the quarantine desk. */
export interface Act {
  readonly registry: string;
  readonly crate: string;
  /** Absent: every version. */
  readonly version?: string | undefined;
  readonly reason: string;
  /** Who asks. */
  readonly actor: Actor;
  /** Epoch milliseconds: when a decision ends by itself; absent: it stays until it is taken back. */
  readonly until?: number | undefined;
}

export interface Acted {
  /** One sentence for the person. */
  readonly message: string;
  /** The releases that the act is about, as they stand now. */
  readonly releases: readonly ReleaseRecord[];
}

/** Blocks a crate or one release of it, known here or not yet. */
export async function block(context: MirrorContext, act: Act): Promise<Acted> {
  const { reason, actor } = act;
  const { registry, key, version } = target(context, act);
  const releases = await perform(context, act, 'blocked', async (tx, at) => {
    await tx.putBlock({ registry, key, version, reason, by: actor.name, at });
  });
  return { message: `${named(act)} is blocked.`, releases };
}

/** Lifts a block. What the rules say then counts again: nothing is promoted by it that they hold. */
export async function unblock(context: MirrorContext, act: Act): Promise<Acted> {
  const { registry, key, version } = target(context, act);
  let lifted = 0;
  const releases = await perform(context, act, 'unblocked', async (tx, at) => {
    lifted = await tx.liftBlocks({ registry, key, version }, { by: act.actor.name, at, reason: act.reason });
    if (lifted === 0) {
      const whole =
        act.version === undefined ? '' : ' A block on the whole crate is lifted without a version.';
      throw notAllowed(`There is no block on ${named(act)} to lift.${whole}`);
    }
  });
  return { message: `The block on ${named(act)} is lifted; the rules decide again.`, releases };
}

/** One of the two people's requests to end a release's cool-down. */
export async function breakGlass(context: MirrorContext, act: Act): Promise<Acted> {
  const { registry, key, version } = target(context, act);
  if (version === null) throw notAllowed('Breaking glass takes one version of one crate.');
  if (!settingsOf(context)['break-glass']) {
    const message =
      'The policy does not allow it: cooldown.break-glass is off, and only the organisation policy can switch it on.';
    throw notAllowed(message);
  }
  if (!(await context.store.releases(registry, key)).some((record) => record.version === version)) {
    throw notAllowed(`This mirror knows no ${named(act)}.`);
  }
  const releases = await perform(context, act, 'break-glass', async (tx, at) => {
    await tx.putBreakGlass({
      registry,
      key,
      version,
      by: act.actor.name,
      reason: act.reason,
      at,
      authorEndedAt: act.actor.endsAt,
    });
  });
  const isBroken = releases.some(({ verdict }) =>
    verdict.findings.some(({ rule, evidence }) => rule === 'age' && evidence.values?.second !== undefined),
  );
  const message = isBroken
    ? `Two people asked for it: the cool-down of ${named(act)} no longer holds it, and it stays marked.`
    : `${act.actor.name}'s request is recorded; a second person has to make the same within ${sayDuration(settingsOf(context)['break-glass-within'])}.`;
  return { message, releases };
}

/** Which release or crate an act is about. Throws `RegistryError` `registry/unknown-upstream`. */
export function target(
  context: MirrorContext,
  act: Pick<Act, 'registry' | 'crate' | 'version'>,
): { registry: string; key: string; version: string | null } {
  upstreamOf(context, act.registry);
  return { registry: act.registry, key: crateKey(act.crate), version: act.version ?? null };
}

/** Carries an act out, with its entry in the log and what follows from it in the same transaction. */
export async function perform(
  context: MirrorContext,
  act: Act,
  event: 'blocked' | 'unblocked' | 'break-glass' | 'approved' | 'rejected' | 'taken-back',
  write: (tx: StoreWriter, at: number) => Promise<void>,
): Promise<readonly ReleaseRecord[]> {
  const { registry, key, version } = target(context, act);
  const { digest } = context.policy.policy;
  const { reason, actor } = act;
  const until = act.until === undefined ? {} : { until: new Date(act.until).toISOString() };
  const meant = (releases: readonly ReleaseRecord[]) =>
    releases.filter((record) => version === null || record.version === version);
  let before: AuditState | null = null;
  const settled = await settleNow(
    context,
    { registry, key, actor: actor.name, update: { kind: 'again' } },
    {
      before: async (tx, at) => {
        // A crate may have thousands of releases.
        const one = version === null ? undefined : await tx.release(registry, key, version);
        before = standingOf(
          version === null ? await tx.releases(registry, key) : one === undefined ? [] : [one],
        );
        await write(tx, at);
        const entry = {
          at,
          event,
          registry,
          key,
          version: version ?? '',
          from: null,
          to: null,
          actor: actor.name,
          policy: digest,
        };
        await tx.append([{ ...entry, verdict: null, details: { reason, ...until } }]);
      },
      after: async (tx, at, { releases }) => {
        const subject = `${registry} ${act.crate}${version === null ? '' : `@${version}`}`;
        const hands = (await handsOf(tx, await peopleBehind(tx, event, { registry, key, version }))).map(
          sayHand,
        );
        for (const hand of hands) context.journal.alarm(`several people acted on ${subject}: ${hand}`, {});
        const after = {
          ...standingOf(meant(releases)),
          reason,
          ...until,
          ...(hands.length > 0 ? { hands } : {}),
        };
        await context.auditor?.noteOf(tx, actor, { at, action: `release.${event}`, subject, before, after });
      },
    },
  );
  context.cache.forget(registry, key);
  return meant(settled.releases);
}

/** Those who asked for the same, where it may take several of them. */
async function peopleBehind(
  tx: StoreWriter,
  event: string,
  {
    registry,
    key,
    version,
  }: { readonly registry: string; readonly key: string; readonly version: string | null },
): Promise<readonly string[]> {
  const acts =
    event === 'break-glass'
      ? await tx.breakGlass(registry, key)
      : event === 'approved'
        ? (await tx.standingDecisions(registry, key)).filter(({ kind }) => kind === 'approve')
        : [];
  return [...new Set(acts.flatMap((act) => (act.version === version ? [act.by] : [])))];
}

/** Where releases stand, in a few words: how many are in each state, and of one alone its bytes. */
function standingOf(releases: readonly ReleaseRecord[]): AuditState | null {
  const [only, ...others] = releases;
  if (only === undefined) return null;
  if (others.length === 0) return { state: only.state, checksum: only.checksum };
  const states = [...new Set(releases.map(({ state }) => state))].sort();
  return Object.fromEntries(
    states.map((state) => [state, releases.filter((release) => release.state === state).length]),
  );
}

interface CooldownSettings {
  readonly 'break-glass': boolean;
  /** Milliseconds. */
  readonly 'break-glass-within': number;
}

function settingsOf(context: MirrorContext): CooldownSettings {
  return context.policy.policy.settings.cooldown as CooldownSettings;
}

/** A release or crate as a sentence names it. */
export function named(act: Pick<Act, 'crate' | 'version'>): string {
  return act.version === undefined ? `${act.crate} (every version)` : `${act.crate} ${act.version}`;
}
