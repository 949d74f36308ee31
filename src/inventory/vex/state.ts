import { productName } from '../../bom/vex/product.ts';
import { type VexStatement, whyTooLittle } from '../../bom/vex/statement.ts';
import type { Actor, Auditor } from '../../registry/auditor.ts';
import type { ArtefactRecord } from '../../store/inventory/records.ts';
import type { Store, StoreWriter } from '../../store/store.ts';
import type { CoverRecord, StatementRecord } from '../../store/vex/records.ts';
import type { VexWriter } from '../../store/vex/writer.ts';
import { identify } from '../component.ts';

/** A statement that somebody brings, with the end that one must have. */
export interface NewStatement extends VexStatement {
  readonly until: string;
  /** That it is about every artefact that has the release. */
  readonly all?: boolean | undefined;
  /** Id of the document that it was in. */
  readonly document?: string | undefined;
}

/** What became of one. */
export type Taken =
  | {
      readonly kind: 'taken';
      readonly id: number;
      readonly covers: readonly Cover[];
      /** How many artefacts have it now. */
      readonly artefacts: number;
    }
  | { readonly kind: 'known'; readonly id: number }
  /** One clause. */
  | { readonly kind: 'left'; readonly reason: string };

/** Things that a statement is about that the audit log names. */
const maxNamed = 20;

type Cover = Omit<CoverRecord, 'statementId' | 'place'>;

/** Who acts, when (epoch milliseconds), and who writes it down. */
export interface Acting {
  readonly actor: Actor;
  readonly now: number;
  readonly auditor: Auditor | undefined;
}

/**
 * Takes statements in, each with the artefacts that it is about as they are now: for the builds to come of the same
 * binaries, too. One that is about nothing that is known here is left, and said. In one transaction with its entries in
 * the audit log.
 */
export async function stateVex(
  store: Pick<Store, 'write'>,
  said: readonly NewStatement[],
  acting: Acting,
): Promise<readonly Taken[]> {
  return await store.write(async (tx) => {
    const results: Taken[] = [];
    for (const one of said) results.push(await take(tx, one, acting));
    return results;
  });
}

async function take(tx: StoreWriter, said: NewStatement, acting: Acting): Promise<Taken> {
  const { actor, now, auditor } = acting;
  const until = Date.parse(said.until);
  const reason = whyTooLittle(said);
  if (reason !== undefined) return { kind: 'left', reason };
  if (!(until > now)) return { kind: 'left', reason: `it ended on ${said.until}` };
  const { identity, name, version } = identify({ ...described, purl: said.release });
  const release = `${name}@${version}`;
  return await tx.stating(async (writer): Promise<Taken> => {
    const component = await writer.componentOf(identity);
    const artefacts = component === undefined ? [] : await meant(writer, component.id, said);
    if (artefacts === undefined)
      return { kind: 'left', reason: `${productName(said.product)} is no artefact that can be looked for` };
    if (component === undefined || artefacts.length === 0)
      return { kind: 'left', reason: `no artefact here that it is about has ${release}` };
    const statedAt = Math.min(now, Date.parse(said.stated ?? '') || now);
    const record: Omit<StatementRecord, 'id'> = {
      advisory: said.advisory,
      aliases: [...new Set(said.aliases)].filter((id) => id !== said.advisory),
      componentId: component.id,
      status: said.status,
      justification: said.justification ?? null,
      impact: said.impact ?? null,
      action: said.action ?? null,
      author: said.author ?? actor.name,
      document: said.document ?? null,
      statedAt,
      until,
      by: actor.name,
      takenAt: now,
      ended: false,
      withdrawnAt: null,
      withdrawnBy: null,
      withdrawnWhy: null,
    };
    const covers = await coversOf(writer, artefacts, component.id);
    const known = await knownAs(writer, record, covers);
    if (known !== undefined) return { kind: 'known', id: known };
    const id = await writer.put(record, covers);
    await tx.exposing((exposing) => exposing.markHostsWith([component.id], now));
    await auditor?.noteOf(tx, actor, {
      at: now,
      action: 'vex.stated',
      subject: `${said.advisory} ${release}`,
      before: null,
      after: {
        statement: id,
        status: said.status,
        justification: record.justification,
        author: record.author,
        until: new Date(until).toISOString(),
        about: covers.length,
        artefacts: covers.slice(0, maxNamed).map(coverName),
      },
    });
    return { kind: 'taken', id, covers, artefacts: artefacts.length };
  });
}

/** What `identify` wants beside the purl. */
const described = { name: '', scope: 'unknown', method: 'document', confidence: 'stated' } as const;

/** The artefacts that a statement is about; `undefined` where it names something that is none. */
async function meant(
  writer: VexWriter,
  componentId: number,
  { product, all }: Pick<NewStatement, 'product' | 'all'>,
): Promise<readonly ArtefactRecord[] | undefined> {
  const { project, target, name, sha256 } = product;
  if (sha256 !== undefined) return await writer.artefactsWith(componentId, { digest: sha256 });
  const of = {
    ...(project === undefined ? {} : { project }),
    ...(target === undefined ? {} : { target }),
    ...(name === undefined ? {} : { name }),
  };
  if (Object.keys(of).length === 0 && all !== true) return undefined;
  return await writer.artefactsWith(componentId, of);
}

/**
 * The lineages of artefacts, with what each has of the release. One whose project or target is not known has no next
 * build that could be told.
 */
async function coversOf(
  writer: VexWriter,
  artefacts: readonly ArtefactRecord[],
  componentId: number,
): Promise<readonly Cover[]> {
  const sets = new Map(
    [
      ...(await writer.membersOf(
        artefacts.map(({ setId }) => setId),
        new Set([componentId]),
      )),
    ].map(([id, [found]]) => [id, found?.member.features ?? null]),
  );
  const covers = artefacts.map(({ setId, project, target, name, identity }): Cover => {
    const features = sets.get(setId) ?? null;
    return project === null || target === null
      ? { componentId, project: null, target: null, name, artefact: identity, features }
      : { componentId, project, target, name, artefact: null, features };
  });
  return [...new Map(covers.map((cover) => [JSON.stringify(cover), cover])).values()];
}

/** The statement that says the same of the same, where one was taken: a document that comes twice says it once. */
async function knownAs(
  writer: VexWriter,
  record: Omit<StatementRecord, 'id'>,
  covers: readonly Cover[],
): Promise<number | undefined> {
  const told = ({ advisory, aliases, status, justification, impact, action, author, until }: typeof record) =>
    JSON.stringify([[advisory, ...aliases].sort(), status, justification, impact, action, author, until]);
  const text = (cover: Cover) =>
    JSON.stringify([cover.project, cover.target, cover.name, cover.artefact, cover.features]);
  const wanted = told(record);
  const same = (await writer.standing([record.componentId])).filter((one) => told(one) === wanted);
  const about = Map.groupBy(
    await writer.coversOf(same.map(({ id }) => id)),
    ({ statementId }) => statementId,
  );
  return same.find(({ id }) => {
    const has = new Set((about.get(id) ?? []).map(text));
    return covers.every((cover) => has.has(text(cover)));
  })?.id;
}

function coverName({ project, target, name, artefact }: Cover): string {
  return artefact === null ? `${name} for ${target} of ${project}` : `${name} (${artefact.slice(0, 12)})`;
}

/** Takes a statement back: what it ended is looked at again. `undefined`: there is none, or it was withdrawn. */
export async function withdrawVex(
  store: Pick<Store, 'write'>,
  id: number,
  why: string,
  { actor, now, auditor }: Acting,
): Promise<StatementRecord | undefined> {
  return await store.write(async (tx) => {
    const known = await tx.stating((writer) => writer.statement(id));
    if (known === undefined || known.withdrawnAt !== null) return undefined;
    const record: StatementRecord = {
      ...known,
      ended: true,
      withdrawnAt: now,
      withdrawnBy: actor.name,
      withdrawnWhy: why,
    };
    await tx.stating((writer) => writer.replace(record));
    await tx.exposing((writer) => writer.markHostsWith([known.componentId], now));
    await auditor?.noteOf(tx, actor, {
      at: now,
      action: 'vex.withdrawn',
      subject: `statement ${id}`,
      before: { status: known.status, advisory: known.advisory },
      after: { reason: why },
    });
    return record;
  });
}
