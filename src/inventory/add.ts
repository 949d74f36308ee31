import { createHash } from 'node:crypto';
import { canonicalJson } from '../policy/canonical-json.ts';
import type { ArtefactRecord } from '../store/inventory/records.ts';
import { mostInRow } from '../store/inventory/set-blocks.ts';
import type { InventoryStore, InventoryWriter } from '../store/inventory/store.ts';
import { identify } from './component.ts';
import { type Composition, compositionIn, compositionOf, setOf, union } from './composition.ts';
import { InventoryError } from './error.ts';
import { compose, digestOf, type LargeComposition } from './large/composition.ts';
import { placeLarge } from './large/place.ts';
import { type Source, sourceOf, sourceOfSet } from './large/source.ts';
import { type ArtefactStatement, maxComponents, maxUses, type StatementHead } from './statement.ts';
import { type Sent, standingOf, standingOfBoth } from './vouched.ts';

/** What an addition came to. */
export interface Added {
  /** `known`: nothing new was said. `extended`: the artefact was there, and more is known of it now. */
  readonly outcome: 'added' | 'known' | 'extended';
  readonly artefact: ArtefactRecord;
  /** How many components are known of it now. */
  readonly components: number;
}

/**
 * Takes in what is said of an artefact. The same bytes are one artefact: lists of its components are put together, and
 * take the place of what was recovered from traces, and a signed one that of all others. What is already known is not
 * replaced by the word of another one. Throws `InventoryError`.
 */
export async function addArtefact(
  store: InventoryStore,
  statement: ArtefactStatement,
  said: Sent,
): Promise<Added> {
  check(statement);
  const components = statement.components.map(identify);
  const done = await store.write(async (tx): Promise<Added | Large> => {
    const ids = await tx.putComponents(components);
    const composition = compositionOf(statement, ids);
    if (composition.members.size > mostInRow) return { composition };
    const record = recordOf(statement, setOf(composition).digest, said);
    const known = await tx.artefactOf(record.identity);
    const added =
      known === undefined
        ? await insert(tx, record, composition)
        : await extend(tx, known, record, composition);
    const functions = statement.file?.functions;
    // What has more crates than a row holds is no program.
    if (functions !== undefined && 'outcome' in added)
      await sayFunctions(tx, { added, known, record }, functions);
    return added;
  });
  if ('outcome' in done) return done;
  return await addLarge(store, statement, sourceOf(store, done.composition), said, maxUses);
}

/** What is too large for one row of the store. */
interface Large {
  readonly composition: Composition;
}

/** Runs one after another: each holds what its artefact is made of. */
let turn: Promise<unknown> = Promise.resolve();

/**
 * As `addArtefact`, of an artefact whose components are read piece by piece. Its set is written in several
 * transactions, and nobody has it before the last one. `most`: edges that are taken.
 */
export async function addLarge(
  store: InventoryStore,
  statement: StatementHead,
  source: Source,
  said: Sent,
  most: number,
): Promise<Added> {
  const added = turn.then(async () => {
    const own = await digested(await compose([source], most));
    const record = recordOf(statement, own.digest, said);
    for (;;) {
      const found = await tryLarge(store, record, { source, own, most, now: said.now });
      if (found !== undefined) return found;
    }
  });
  turn = added.catch(() => {});
  return await added;
}

interface Digested {
  readonly said: LargeComposition;
  readonly digest: string;
}

async function digested(said: LargeComposition): Promise<Digested> {
  return { said, digest: await digestOf(said) };
}

interface LargeParts {
  readonly source: Source;
  readonly own: Digested;
  readonly most: number;
  readonly now: number;
}

/** `undefined`: somebody else said something of the artefact in the meantime. */
async function tryLarge(
  store: InventoryStore,
  record: Unplaced,
  { source, own, most, now }: LargeParts,
): Promise<Added | undefined> {
  const [known] = await store.artefactsByIdentity(record.identity);
  const before = known === undefined ? undefined : await store.set(known.setId);
  if (known === undefined || before === undefined) {
    const placed = await placeLarge(store, own, [source], now);
    return await store.write(async (tx) => {
      if ((await tx.artefactOf(record.identity)) !== undefined) return undefined;
      const setId = await placed.put(tx);
      if (setId === undefined) return undefined;
      const artefact = { ...record, setId };
      const id = await tx.putArtefact(artefact);
      return { outcome: 'added', artefact: { ...artefact, id }, components: placed.size };
    });
  }
  const earlier = sourceOfSet(store, before);
  const rank = compared(known, record);
  const sources = rank.isBetter ? [source] : rank.isWorse ? [earlier] : [earlier, source];
  const both = rank.isBetter ? own : await digested(await compose(sources, most));
  const placed = await placeLarge(store, both, sources, now);
  return await store.write(async (tx) => {
    const still = await tx.artefactOf(record.identity);
    if (still?.setId !== known.setId) return undefined;
    const setId = await placed.put(tx);
    if (setId === undefined) return undefined;
    const artefact = joined(still, record, setId);
    const isSame = asSaid(still) === asSaid(artefact);
    await tx.putArtefact(artefact, still);
    return { outcome: isSame ? 'known' : 'extended', artefact, components: placed.size };
  });
}

/**
 * Puts down which functions an artefact has code of. The word of one that counts for less is none, and of two that
 * count alike and differ nobody knows which is right: then neither counts.
 */
async function sayFunctions(
  tx: InventoryWriter,
  {
    added,
    known,
    record,
  }: { readonly added: Added; readonly known: ArtefactRecord | undefined; readonly record: Unplaced },
  functions: string,
): Promise<void> {
  const { id } = added.artefact;
  const { isBetter, isWorse } = known === undefined ? firstWord : compared(known, record);
  if (isBetter) return await tx.putFunctions(id, functions);
  if (isWorse) return;
  const before = (await tx.functionsOf([id])).get(id);
  if (before === functions || before === disputed) return;
  const isOlder = before !== undefined && versionOf(before) < versionOf(functions);
  await tx.putFunctions(id, before === undefined || isOlder ? functions : disputed);
}

function versionOf(functions: string): number {
  return Number.parseInt(functions, 10);
}

/** Stands where two words differ: it is no filter. */
const disputed = 'disputed';

/** What counts for more takes the place of what counts for less. */
const weight = { recovered: 0, unsigned: 1, signed: 2 } as const;

/** Of what nobody said anything about before. */
const firstWord = { isBetter: true, isWorse: false };

function compared(known: ArtefactRecord, record: Unplaced) {
  return {
    isBetter: weight[record.trust] > weight[known.trust],
    isWorse: weight[record.trust] < weight[known.trust],
  };
}

/** An artefact before it is in the store. */
type Unplaced = Omit<ArtefactRecord, 'id' | 'setId'>;

async function insert(tx: InventoryWriter, record: Unplaced, said: Composition): Promise<Added> {
  const artefact = { ...record, setId: await tx.putSet(setOf(said)) };
  const id = await tx.putArtefact(artefact);
  return { outcome: 'added', artefact: { ...artefact, id }, components: said.members.size };
}

async function extend(
  tx: InventoryWriter,
  known: ArtefactRecord,
  record: Unplaced,
  said: Composition,
): Promise<Added | Large> {
  const { isBetter, isWorse } = compared(known, record);
  const set = await tx.set(known.setId);
  if (set !== undefined && set.size !== null) return { composition: said };
  const before = set === undefined ? said : compositionIn(set);
  const composition = isBetter ? said : isWorse ? before : union(before, said);
  // One of before may be larger, and is where it was.
  if (composition.members.size > mostInRow && !isWorse) return { composition: said };
  const artefact = joined(known, record, await tx.putSet(setOf(composition)));
  const isSame = asSaid(known) === asSaid(artefact);
  await tx.putArtefact(artefact, known);
  return { outcome: isSame ? 'known' : 'extended', artefact, components: composition.members.size };
}

/** What is known of an artefact after somebody said something of it again. */
function joined(known: ArtefactRecord, record: Unplaced, setId: number): ArtefactRecord {
  const { isBetter, isWorse } = compared(known, record);
  const [first, second] = isBetter ? [record, known] : [known, record];
  return {
    ...known,
    ...filled(first, second),
    ...(first.trust === 'signed' ? pick(first, signedFields) : {}),
    ...standingOfBoth(first, second),
    name: first.name,
    completeness: isBetter || isWorse ? first.completeness : surest(known, record),
    setId,
    lastSeen: Math.max(known.lastSeen, record.lastSeen),
  };
}

/** What an addition may change, beside when it came and whether its signatures count. */
function asSaid(artefact: ArtefactRecord): string {
  return canonicalJson({ ...artefact, lastSeen: 0, attempts: null });
}

const described = [
  'version',
  'digest',
  'size',
  'buildId',
  'segments',
  'format',
  'target',
  'project',
  'commit',
  'builtAt',
] as const;

/** What only a signature says of something signed. */
const signedFields = ['version', 'target', 'project', 'commit', 'builtAt'] as const;

/** What is said of the artefact itself: the first one's word, and the other's where the first says nothing. */
function filled(first: Unplaced, second: Unplaced): Pick<ArtefactRecord, (typeof described)[number]> {
  const entries = described.map((field) => [field, first[field] ?? second[field]]);
  return Object.fromEntries(entries) as Pick<ArtefactRecord, (typeof described)[number]>;
}

function pick<K extends keyof Unplaced>(record: Unplaced, fields: readonly K[]): Pick<Unplaced, K> {
  return Object.fromEntries(fields.map((field) => [field, record[field]])) as Pick<Unplaced, K>;
}

/** Of lists that are put together the one that says most of itself counts; one that says that it lacks something is believed. */
function surest(one: Unplaced, other: Unplaced): ArtefactRecord['completeness'] {
  const said = [one.completeness, other.completeness];
  return said.includes('incomplete') ? 'incomplete' : said.includes('complete') ? 'complete' : 'unknown';
}

/** `digest`: of its set. */
function recordOf(statement: StatementHead, digest: string, sent: Sent): Unplaced {
  const { by, now } = sent;
  const { name, version, file, target, project, commit, built, knownBy } = statement;
  const builtAt = built === undefined ? Number.NaN : Date.parse(built);
  const described = { name, version: version ?? null, target: target ?? null, project: project ?? null };
  const of = { ...described, commit: commit ?? null };
  return {
    // Without a file, what is the same in every word is the same artefact.
    identity: file?.sha256 ?? sha256(canonicalJson([of, digest])),
    ...of,
    digest: file?.sha256 ?? null,
    size: file?.size ?? null,
    buildId: file?.buildId ?? null,
    segments: file?.segments ?? null,
    format: file?.format ?? null,
    builtAt: Number.isFinite(builtAt) ? builtAt : null,
    ...standingOf(statement, sent),
    // What left no trace may be there all the same.
    completeness: knownBy === 'traces' ? 'incomplete' : statement.completeness,
    firstSeen: now,
    lastSeen: now,
    by,
  };
}

function check({ components, roots = [] }: ArtefactStatement): void {
  const uses = components.reduce((sum, component) => sum + (component.uses?.length ?? 0), 0);
  if (components.length > maxComponents || uses > maxUses)
    throw new InventoryError(
      'inventory/too-many',
      `It has ${components.length} components and ${uses} edges; ${maxComponents} and ${maxUses} are taken.`,
      'Add the artefact with the components of one target alone.',
    );
  const isInside = (position: number) => position >= 0 && position < components.length;
  if (!roots.every(isInside) || !components.every(({ uses = [] }) => uses.every(isInside)))
    throw new InventoryError('inventory/statement', 'A component needs one that is not in the list.');
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
