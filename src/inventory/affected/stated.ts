import type { ArtefactRecord } from '../../store/inventory/records.ts';
import type { ArtefactFilter, InventoryReader } from '../../store/inventory/store.ts';
import type { VexReader } from '../../store/vex/reader.ts';
import { isAbout, isSettled, type Said, saidOf } from '../vex/holds.ts';
import { readStatements, StatementIndex } from '../vex/statement-index.ts';

/** What is said of the releases that a question is about. */
export interface Statements {
  readonly stated: StatementIndex;
  /** The ids of its advisories, in lower case. */
  readonly ids: ReadonlySet<string>;
  /** Epoch milliseconds. */
  readonly now: number;
}

/** Reads what is said of some releases by any of the ids of an advisory. */
export async function statementsOn(
  vex: Pick<VexReader, 'standing' | 'coversOf'>,
  components: readonly number[],
  ids: readonly string[],
  now: number,
): Promise<Statements> {
  const lower = new Set(ids.map((id) => id.toLowerCase()));
  const stated =
    lower.size === 0
      ? new StatementIndex([], [])
      : await readStatements(vex, components, (one) => isAbout(one, lower));
  return { stated, ids: lower, now };
}

/** What is said of a release in an artefact. */
export function saidIn(
  { stated, ids, now }: Statements,
  artefact: ArtefactRecord,
  { component, features }: { readonly component: number; readonly features?: string | undefined },
): Said | undefined {
  return saidOf(stated, { artefact, componentId: component, features: features ?? null, ids }, now);
}

/** How many artefacts of a filter have nothing of it that no statement settles. */
export async function countSettled(
  {
    inventory,
    vex,
  }: { readonly inventory: InventoryReader; readonly vex: Pick<VexReader, 'artefactsStated'> },
  filter: ArtefactFilter,
  components: ReadonlySet<number>,
  statements: Statements,
): Promise<number> {
  const valid = statements.stated.statements.filter((statement) =>
    isSettled({ statement, holds: statement.until > statements.now ? 'yes' : 'expired' }),
  );
  const artefacts = await vex.artefactsStated(
    filter,
    valid.map(({ id }) => id),
  );
  const found = await inventory.membersOf(
    artefacts.map(({ setId }) => setId),
    components,
  );
  const isOver = (artefact: ArtefactRecord) =>
    found.get(artefact.setId)?.every(({ member }) => isSettled(saidIn(statements, artefact, member))) ===
    true;
  return artefacts.filter(isOver).length;
}
