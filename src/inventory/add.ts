import { createHash } from 'node:crypto';
import { canonicalJson } from '../policy/canonical-json.ts';
import type { ArtefactRecord } from '../store/inventory/records.ts';
import type { InventoryStore, InventoryWriter } from '../store/inventory/store.ts';
import { identify } from './component.ts';
import { type Composition, compositionIn, compositionOf, setOf, union } from './composition.ts';
import { InventoryError } from './error.ts';
import { type ArtefactStatement, maxComponents, maxUses } from './statement.ts';
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
 * Takes in what is said of an artefact. The same bytes are one artefact: lists of its components are put together, and take the place
 * of what was recovered from traces, and a signed one that of all others. What is already known is not replaced by the word of another one. Throws `InventoryError`.
 */
export async function addArtefact(
  store: InventoryStore,
  statement: ArtefactStatement,
  said: Sent,
): Promise<Added> {
  check(statement);
  const components = statement.components.map(identify);
  return await store.write(async (tx) => {
    const ids = await tx.putComponents(components);
    const composition = compositionOf(statement, ids);
    const record = recordOf(statement, composition, said);
    const known = await tx.artefactOf(record.identity);
    return known === undefined
      ? await insert(tx, record, composition)
      : await extend(tx, known, record, composition);
  });
}

/** What counts for more takes the place of what counts for less. */
const weight = { recovered: 0, unsigned: 1, signed: 2 } as const;

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
): Promise<Added> {
  const isBetter = weight[record.trust] > weight[known.trust];
  const isWorse = weight[record.trust] < weight[known.trust];
  const [first, second] = isBetter ? [record, known] : [known, record];
  const set = await tx.set(known.setId);
  const before = set === undefined ? said : compositionIn(set);
  const composition = isBetter ? said : isWorse ? before : union(before, said);
  const artefact: ArtefactRecord = {
    ...known,
    ...filled(first, second),
    ...(first.trust === 'signed' ? pick(first, signedFields) : {}),
    ...standingOfBoth(first, second),
    name: first.name,
    completeness: isBetter || isWorse ? first.completeness : surest(known, record),
    setId: await tx.putSet(setOf(composition)),
    lastSeen: Math.max(known.lastSeen, record.lastSeen),
  };
  const isSame = asSaid(known) === asSaid(artefact);
  await tx.putArtefact(artefact, known);
  return { outcome: isSame ? 'known' : 'extended', artefact, components: composition.members.size };
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

function recordOf(statement: ArtefactStatement, said: Composition, sent: Sent): Unplaced {
  const { by, now } = sent;
  const { name, version, file, target, project, commit, built, knownBy } = statement;
  const builtAt = built === undefined ? Number.NaN : Date.parse(built);
  const described = { name, version: version ?? null, target: target ?? null, project: project ?? null };
  const of = { ...described, commit: commit ?? null };
  return {
    // Without a file, what is the same in every word is the same artefact.
    identity: file?.sha256 ?? sha256(canonicalJson([of, setOf(said).digest])),
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
