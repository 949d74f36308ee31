import type { Selection } from '../../cargo/resolve/selection.ts';
import { aliasBuilds } from './alias-builds.ts';
import type { BuildCall } from './cargo-builds.ts';
import { ciFilesOf } from './ci-config.ts';
import { type CiValues, ciValues, isVariable } from './ci-values.ts';
import { LineTable } from './line-table.ts';
import type { Side } from './side.ts';

/** A build of a file of CI, or an alias, with features that no member of the workspace has (`--features dependency/feature`). */
export interface AskedBuild {
  /** The command line. */
  readonly command: string;
  readonly file: string;
  /** 1-based. */
  readonly line: number;
  /** 1-based. */
  readonly column: number;
  readonly selection: Selection;
  /** Whether the file had the command before, too. */
  readonly isOld: boolean;
}

/**
 * The builds of CI that turn on features of dependencies: a lockfile has what the features of members need, and of these
 * nothing. Variables are looked up in the file; one that it does not tell is no feature that anybody can judge.
 */
export function askedBuilds(before: Side | undefined, after: Side): readonly AskedBuild[] {
  const old = new Set((before === undefined ? [] : buildsOf(before)).map(idOf));
  return buildsOf(after).map((build) => ({ ...build, isOld: old.has(idOf(build)) }));
}

function idOf({ file, command }: Omit<AskedBuild, 'isOld'>): string {
  return JSON.stringify([file, command]);
}

function buildsOf(side: Side): readonly Omit<AskedBuild, 'isOld'>[] {
  const asked = ciFilesOf(side).flatMap(({ file, kind, text, builds }) => {
    const values = ciValues(kind, text);
    const lines = new LineTable(text);
    return builds.flatMap((build) =>
      featureSets(build, values).map((features) => ({
        command: build.text,
        file,
        ...lines.positionAt(build.start),
        selection: selectionOf(build, features),
      })),
    );
  });
  const known: CiValues = (word) => (isVariable(word) ? undefined : [word]);
  const aliases = aliasBuilds(side).flatMap(({ file, line, column, build }) =>
    featureSets(build, known).map((features) => ({
      ...{ command: build.text, file, line, column },
      selection: selectionOf(build, features),
    })),
  );
  const all = [...asked, ...aliases];
  return [...new Map(all.map((one) => [JSON.stringify([one.file, one.selection]), one])).values()];
}

/** What may stand for `--features`, where that names a dependency's. */
function featureSets({ features }: BuildCall, values: CiValues): readonly (readonly string[])[] {
  const plain = features.filter((each) => !isVariable(each));
  const told = features.filter(isVariable).flatMap((each) => values(each) ?? []);
  const sets = told.length === 0 ? [plain] : told.map((each) => [...plain, each]);
  return sets.filter((set) => set.some((each) => each.includes('/')));
}

function selectionOf(build: BuildCall, features: readonly string[]): Selection {
  const { packages, exclude, workspace, allFeatures, defaultFeatures, dev } = build;
  const known = (specs: readonly string[]) => specs.filter((spec) => !isVariable(spec));
  return {
    packages: known(packages),
    exclude: known(exclude),
    workspace,
    features,
    allFeatures,
    defaultFeatures,
    dev,
  };
}
