import { CargoError } from '../../cargo/error.ts';
import type { Selection } from '../../cargo/resolve/selection.ts';
import type { UnlockedBuild } from '../../facts/locked.ts';
import { GateError } from '../error.ts';
import type { BuildPlaces } from '../project/build-targets.ts';
import type { OpenProject } from '../project/resolve.ts';
import type { AskedBuild } from '../surroundings/asked-builds.ts';

/** What builds of CI with features of dependencies come to in one project. */
export interface AskedOf {
  /** Those that need what the lockfile does not have. */
  readonly unlocked: readonly UnlockedBuild[];
  /** The features of dependencies that the others turn on, each once. */
  readonly features: readonly string[];
}

/** Resolves each build for each target. One that is not of this workspace, by its packages or features, is left out. */
export function askedOf(
  project: OpenProject,
  asked: readonly AskedBuild[],
  places: readonly BuildPlaces[],
): AskedOf {
  const unlocked: UnlockedBuild[] = [];
  const features = new Set<string>();
  for (const { selection, command, file, line, column } of asked) {
    const answers = places.map((place) => answerTo(project, selection, place));
    const reason = answers.find((answer) => typeof answer === 'string');
    if (reason !== undefined) unlocked.push({ command, reason, file, line, column });
    else if (answers.includes(true)) {
      const words = selection.features.flatMap((text) => text.split(/[\s,]+/));
      for (const word of words) if (word.includes('/')) features.add(word);
    }
  }
  return { unlocked, features: [...features] };
}

/**
 * Whether it builds from the lockfile, or why not; `undefined` for what is not of this project. In which folder CI runs a command
 * is not known: what the root has not, one of the members may have.
 */
function answerTo(project: OpenProject, selection: Selection, place: BuildPlaces): string | true | undefined {
  for (const each of [selection, { ...selection, packages: [], workspace: true }]) {
    try {
      project.resolve({ ...place, selection: each });
      return true;
    } catch (error) {
      if (!(error instanceof GateError)) throw error;
      const { cause, detail } = error;
      if (cause instanceof CargoError && cause.code === 'cargo/unlocked') return detail.replace(/\.$/, '');
      if (!(cause instanceof CargoError && cause.code === 'cargo/selection')) return undefined;
    }
  }
  return undefined;
}
