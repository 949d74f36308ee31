import { crateKey } from '../cargo/index-path.ts';
import type { ReleaseRecord } from '../store/records.ts';
import type { StoreWriter } from '../store/store.ts';
import { type MirrorContext, settleNow, upstreamOf } from './context.ts';
import { RegistryError } from './error.ts';

/** What a person asks for at the quarantine desk. */
export interface Act {
  readonly registry: string;
  readonly crate: string;
  /** Absent: every version. */
  readonly version?: string | undefined;
  readonly reason: string;
  /** Who asks; a name that the server knows to be true. */
  readonly by: string;
}

export interface Acted {
  /** One sentence for the person. */
  readonly message: string;
  /** The releases that the act is about, as they stand now. */
  readonly releases: readonly ReleaseRecord[];
}

/** Blocks a crate or one release of it, known here or not yet. */
export async function block(context: MirrorContext, act: Act): Promise<Acted> {
  const { reason, by } = act;
  const { registry, key, version } = target(context, act);
  const releases = await perform(context, act, 'blocked', async (tx, at) => {
    await tx.putBlock({ registry, key, version, reason, by, at });
  });
  return { message: `${named(act)} is blocked.`, releases };
}

/** Lifts a block. What the rules say then counts again: nothing is promoted by it that they hold. */
export async function unblock(context: MirrorContext, act: Act): Promise<Acted> {
  const { registry, key, version } = target(context, act);
  let lifted = 0;
  const releases = await perform(context, act, 'unblocked', async (tx, at) => {
    lifted = await tx.liftBlocks({ registry, key, version }, { by: act.by, at, reason: act.reason });
    if (lifted === 0) {
      const whole =
        act.version === undefined ? '' : ' A block on the whole crate is lifted without a version.';
      throw new RegistryError('registry/not-allowed', `There is no block on ${named(act)} to lift.${whole}`);
    }
  });
  return { message: `The block on ${named(act)} is lifted; the rules decide again.`, releases };
}

/** One of the two people's requests to end a release's cool-down. */
export async function breakGlass(context: MirrorContext, act: Act): Promise<Acted> {
  const { registry, key, version } = target(context, act);
  if (version === null)
    throw new RegistryError('registry/not-allowed', 'Breaking glass takes one version of one crate.');
  if (!allowsBreakGlass(context)) {
    const message =
      'The policy does not allow it: cooldown.break-glass is off, and only the organisation policy can switch it on.';
    throw new RegistryError('registry/not-allowed', message);
  }
  if (!(await context.store.releases(registry, key)).some((record) => record.version === version)) {
    throw new RegistryError('registry/not-allowed', `This mirror knows no ${named(act)}.`);
  }
  const releases = await perform(context, act, 'break-glass', async (tx, at) => {
    await tx.putBreakGlass({ registry, key, version, by: act.by, reason: act.reason, at });
  });
  const people = new Set(
    (await context.store.breakGlass(registry, key))
      .filter((request) => request.version === version)
      .map(({ by }) => by),
  );
  const message =
    people.size < 2
      ? `${act.by}'s request is recorded; a second person has to make the same.`
      : `Two people asked for it: the cool-down of ${named(act)} no longer holds it, and it stays marked.`;
  return { message, releases };
}

function target(context: MirrorContext, act: Act): { registry: string; key: string; version: string | null } {
  upstreamOf(context, act.registry);
  return { registry: act.registry, key: crateKey(act.crate), version: act.version ?? null };
}

async function perform(
  context: MirrorContext,
  act: Act,
  event: 'blocked' | 'unblocked' | 'break-glass',
  write: (tx: StoreWriter, at: number) => Promise<void>,
): Promise<readonly ReleaseRecord[]> {
  const { registry, key, version } = target(context, act);
  const { digest } = context.policy.policy;
  const settled = await settleNow(
    context,
    { registry, key, actor: act.by, update: { kind: 'again' } },
    async (tx, at) => {
      await write(tx, at);
      const entry = {
        at,
        event,
        registry,
        key,
        version: version ?? '',
        from: null,
        to: null,
        actor: act.by,
        policy: digest,
      };
      await tx.append([{ ...entry, verdict: null, details: { reason: act.reason } }]);
    },
  );
  context.cache.forget(registry, key);
  return settled.releases.filter((record) => version === null || record.version === version);
}

function allowsBreakGlass(context: MirrorContext): boolean {
  const cooldown = context.policy.policy.settings.cooldown as { readonly 'break-glass': boolean };
  return cooldown['break-glass'];
}

function named(act: Act): string {
  return act.version === undefined ? `${act.crate} (every version)` : `${act.crate} ${act.version}`;
}
