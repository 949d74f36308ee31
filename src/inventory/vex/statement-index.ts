import type { ArtefactRecord } from '../../store/inventory/records.ts';
import type { VexReader } from '../../store/vex/reader.ts';
import type { CoverRecord, StatementRecord } from '../../store/vex/records.ts';

/** A statement, and one of the things that it is about. */
export interface Stated {
  readonly statement: StatementRecord;
  readonly cover: CoverRecord;
}

/**
 * What is said of some releases. One statement may be about thousands of binaries: those about one are found without a
 * look at all.
 */
export class StatementIndex {
  /** None of them is withdrawn. */
  readonly statements: readonly StatementRecord[];
  readonly #byPlace: ReadonlyMap<string, readonly Stated[]>;

  constructor(statements: readonly StatementRecord[], covers: readonly CoverRecord[]) {
    this.statements = statements;
    const byId = new Map(statements.map((one) => [one.id, one]));
    const stated = covers.flatMap((cover): readonly Stated[] => {
      const statement = byId.get(cover.statementId);
      return statement === undefined ? [] : [{ statement, cover }];
    });
    this.#byPlace = Map.groupBy(stated, ({ cover }) => placeOf(cover));
  }

  /** What is said of a release in an artefact: of the builds of its binary, and of it alone. */
  of(
    componentId: number,
    { identity, project, target, name }: Pick<ArtefactRecord, 'identity' | 'project' | 'target' | 'name'>,
  ): readonly Stated[] {
    const places = [
      { componentId, artefact: identity, project: null, target: null, name },
      { componentId, artefact: null, project, target, name },
    ];
    return places.flatMap((place) => this.#byPlace.get(placeOf(place)) ?? []);
  }
}

/** Reads what is said of some releases and was not withdrawn, of those statements alone that are wanted. */
export async function readStatements(
  vex: Pick<VexReader, 'standing' | 'coversOf'>,
  componentIds: readonly number[],
  isWanted: (statement: StatementRecord) => boolean = () => true,
): Promise<StatementIndex> {
  const statements = (await vex.standing(componentIds)).filter(isWanted);
  return new StatementIndex(statements, await vex.coversOf(statements.map(({ id }) => id)));
}

function placeOf({
  componentId,
  artefact,
  project,
  target,
  name,
}: Omit<CoverRecord, 'statementId' | 'place' | 'features'>): string {
  return JSON.stringify(artefact === null ? [componentId, project, target, name] : [componentId, artefact]);
}
