import { createHash } from 'node:crypto';
import type { CrateRecord } from '../store/records.ts';
import { type MirrorContext, settleNow, upstreamOf } from './context.ts';
import { RegistryError } from './error.ts';
import type { IndexAnswer } from './upstream.ts';

/**
 * Reads a crate's index file from its upstream and takes over what changed. Where the upstream has no such crate and
 * never had one, nothing is recorded.
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
  const answer = await upstream.indexFile(key, before?.digest ? before : undefined);
  const base = { ...(before ?? unseen(context, registry, key)), ...checked(context) };
  switch (answer.kind) {
    case 'file':
      return await takeFile(context, base, answer, actor);
    case 'not-modified':
      await context.store.write((tx) => tx.putCrate(base));
      return;
    case 'absent':
      return await takeAbsence(context, base, actor);
  }
}

async function takeFile(
  context: MirrorContext,
  base: CrateRecord,
  { bytes, etag, lastModified }: Extract<IndexAnswer, { kind: 'file' }>,
  actor: string,
): Promise<void> {
  const digest = createHash('sha256').update(bytes).digest('hex');
  const crate = { ...base, digest, etag, lastModified, absentSince: null };
  if (base.digest === digest && base.absentSince === null) {
    await context.store.write((tx) => tx.putCrate(crate));
    return;
  }
  const { registry, key } = base;
  await settleNow(context, {
    registry,
    key,
    actor,
    update: { kind: 'index', bytes, crate, basedOn: base.digest },
  });
}

/**
 * A crate that was here and is gone is withdrawn whole. Since that stops builds, the upstream must first prove that it
 * still answers as a registry does: its `config.json`, and another crate that it is known to have.
 */
async function takeAbsence(context: MirrorContext, base: CrateRecord, actor: string): Promise<void> {
  const { registry, key } = base;
  if (base.digest === null) return;
  if (base.absentSince === null) await proveSane(context, base);
  const crate = { ...base, absentSince: base.absentSince ?? context.now() };
  await settleNow(context, { registry, key, actor, update: { kind: 'absent', crate } });
}

async function proveSane(context: MirrorContext, { registry, key }: CrateRecord): Promise<void> {
  const upstream = upstreamOf(context, registry);
  await upstream.probe();
  const others = await context.store.presentCrates(registry, 3);
  const witness = others.find((other) => other !== key);
  if (witness === undefined || (await upstream.indexFile(witness)).kind !== 'absent') return;
  const message = `${registry} answers that neither ${key} nor ${witness} exists; it is taken for broken, nothing is withdrawn`;
  context.journal.alarm(message, { registry });
  throw new RegistryError('registry/bad-index', message);
}

function unseen(context: MirrorContext, registry: string, key: string): CrateRecord {
  const now = context.now();
  return {
    registry,
    key,
    firstSeen: now,
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
