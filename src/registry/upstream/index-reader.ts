import { createHash } from 'node:crypto';
import type { CrateRecord } from '../../store/records.ts';
import { type MirrorContext, settleNow, upstreamOf } from '../context.ts';
import { RegistryError } from '../error.ts';
import { afterLook } from '../judgement/settle.ts';
import type { IndexAnswer } from './upstream.ts';

/** How many other crates are asked for before an upstream that denies a crate is taken for broken. */
const maxWitnesses = 8;

/**
 * Reads a crate's index file from its upstream and takes over what changed. Where the upstream has no such crate and
 * never had one, nothing is or stays recorded.
 * Throws `RegistryError` where the upstream fails; then nothing changes but the crate's own note of the failure.
 */
export async function readIndexOf(
  context: MirrorContext,
  registry: string,
  key: string,
  actor: string,
): Promise<void> {
  const upstream = upstreamOf(context, registry);
  const before = await context.store.crate(registry, key);
  // A crate that was gone is read whole: "not modified" would not say that it is back.
  const isHere = before !== undefined && before.digest !== null && before.absentSince === null;
  const answer = await upstream.indexFile(key, isHere ? before : undefined);
  const look = {
    before,
    base: { ...(before ?? unseen(context, registry, key)), ...checked(context) },
    actor,
  };
  switch (answer.kind) {
    case 'file':
      return await takeFile(context, look, answer);
    case 'not-modified':
      return await nothingNew(context, look);
    case 'absent':
      return await takeAbsence(context, look);
  }
}

/** One look at the upstream's file of a crate. */
interface Look {
  /** What was known when it began. */
  readonly before: CrateRecord | undefined;
  /** What is known of the crate after it, whatever the answer was. */
  readonly base: CrateRecord;
  readonly actor: string;
}

async function takeFile(
  context: MirrorContext,
  look: Look,
  { bytes, etag, lastModified }: Extract<IndexAnswer, { kind: 'file' }>,
): Promise<void> {
  const { base, before, actor } = look;
  const digest = createHash('sha256').update(bytes).digest('hex');
  const crate = { ...base, digest, etag, lastModified, absentSince: null };
  if (base.digest === digest && base.absentSince === null)
    return await nothingNew(context, { ...look, base: crate });
  const { registry, key } = base;
  const update = { kind: 'index', bytes, crate, basedOn: before } as const;
  await settleNow(context, { registry, key, actor, update });
}

/** Notes a look that brought nothing new; what another reader or an event wrote meanwhile stands. */
async function nothingNew(context: MirrorContext, { before, base }: Look): Promise<void> {
  await context.store.write(async (tx) => {
    const recorded = await tx.crate(base.registry, base.key);
    if (recorded === undefined || recorded.digest !== base.digest) return;
    await tx.putCrate(afterLook(base, before, recorded));
  });
}

/**
 * Of a name that an event told of and the upstream does not have nothing stays, so that nobody can make this mirror ask
 * for it for ever. Another event that came meanwhile has it looked for once more.
 */
async function forget(context: MirrorContext, { before, base: { registry, key } }: Look): Promise<void> {
  if (before === undefined) return;
  await context.store.write(async (tx) => {
    const recorded = await tx.crate(registry, key);
    if (recorded?.pollAt === before.pollAt) await tx.forgetUnread(registry, key);
  });
}

/**
 * A crate that was here and is gone is withdrawn whole. Since that stops builds, the upstream must first prove that it
 * still answers as a registry does: its `config.json`, and another crate that it is known to have.
 */
async function takeAbsence(context: MirrorContext, look: Look): Promise<void> {
  const { base, before, actor } = look;
  const { registry, key } = base;
  if (base.digest === null) return await forget(context, look);
  if (base.absentSince !== null) return await nothingNew(context, look);
  await proveSane(context, base);
  const crate = { ...base, absentSince: context.now() };
  await settleNow(context, { registry, key, actor, update: { kind: 'absent', crate, basedOn: before } });
}

async function proveSane(context: MirrorContext, { registry, key }: CrateRecord): Promise<void> {
  const upstream = upstreamOf(context, registry);
  await upstream.probe();
  // Several, since a malicious owner's crates go at once.
  const others = await context.store.presentCrates(registry, 1 + maxWitnesses);
  const witnesses = others.filter((other) => other !== key).slice(0, maxWitnesses);
  if (witnesses.length === 0) return;
  for (const witness of witnesses) if ((await upstream.indexFile(witness)).kind !== 'absent') return;
  const names = [key, ...witnesses].join(', ');
  const message = `${registry} answers that none of ${names} exists; it is taken for broken, nothing is withdrawn`;
  context.journal.alarm(message, { registry });
  throw new RegistryError('registry/bad-index', message);
}

function unseen(context: MirrorContext, registry: string, key: string): CrateRecord {
  const now = context.now();
  return {
    registry,
    key,
    firstSeen: context.clock.seeing(),
    etag: null,
    lastModified: null,
    digest: null,
    checkedAt: null,
    pollAt: now,
    failures: 0,
    lastError: null,
    absentSince: null,
  };
}

function checked(
  context: MirrorContext,
): Pick<CrateRecord, 'checkedAt' | 'pollAt' | 'failures' | 'lastError'> {
  const now = context.now();
  return { checkedAt: now, pollAt: now + context.pollInterval, failures: 0, lastError: null };
}
