import { posix } from 'node:path';
import type { Resolution } from '../../cargo/resolve/resolve.ts';
import { BuildError } from '../error.ts';
import { deliveredIn } from '../run/artefacts.ts';
import { readMessage } from '../run/messages.ts';
import { type InRoom, refuseConfiguration } from '../run/phases.ts';
import type { Room } from '../run/room.ts';
import { reachedFrom } from '../sbom/reached.ts';
import { differencesFromPrecursor, readPrecursor } from './sbom-precursor.ts';
import { differencesFromGraph, readUnitGraph, withTargetsOf } from './unit-graph.ts';

/** Who says what a build is made of, beside the resolution. */
export type Witness = 'cargo --unit-graph' | 'cargo -Zsbom' | 'cargo messages';

/** What cargo said before anything was compiled. */
export interface Heard {
  readonly asked: readonly Witness[];
  /** Why others could not be asked, as parts of sentences. */
  readonly unasked: readonly string[];
  /** What is built of what was resolved, where only some targets were asked for. */
  readonly resolution: Resolution;
  /** Where they differ from that, as sentences. */
  readonly differences: readonly string[];
}

/** Asked for by a word of that one run: a cargo that is not asked for its list warns of a variable that says so. */
const listing = ['-Zsbom', '--config', 'build.sbom=true'];

/**
 * Asks cargo, in runs of their own in which nothing is compiled: for its unit graph, and for the list of crates of each
 * artefact. Throws `BuildError` where cargo refuses to build at all.
 */
export async function askCargo(
  room: Room,
  { command, log, stop, manifest, configured, target }: InRoom,
  selected: Resolution,
  isPlain: boolean,
): Promise<Heard> {
  const words = ['build', ...command.words, '--frozen', '--manifest-path', manifest, ...configured];
  const run = async (more: readonly string[]) => {
    const lines: string[] = [];
    const ended = await room.cargo([...words, ...more], {
      step: 'dry',
      log,
      stop,
      onLine: (line) => void lines.push(line),
    });
    return { ...ended, lines };
  };
  const graph = await run(['-Zunstable-options', '--unit-graph']);
  const listed = await run([...listing, '--message-format', 'json-render-diagnostics']);
  const unasked: string[] = [];
  const fine = (name: string, { code, said }: Awaited<ReturnType<typeof run>>): boolean => {
    if (code === 0) return true;
    // A cargo that does not know it yet: 1.54 has the one, 1.87 the other.
    const refused = /^error: (?:unknown `-Z`|unexpected argument|unrecognized).*$/m.exec(said);
    if (refused === null) {
      refuseConfiguration(said);
      throw new BuildError('build/failed', `cargo could not say what it would build:\n${said.trimEnd()}`, {
        next: 'Mend what it names, then run this again; nothing was compiled.',
      });
    }
    unasked.push(`this cargo has no ${name}`);
    return false;
  };
  const asked: Witness[] = [];
  const differences: string[] = [];
  let resolution = selected;
  if (fine('--unit-graph', graph)) {
    asked.push('cargo --unit-graph');
    const units = readUnitGraph(graph.lines.join('\n'));
    if (command.words.some((word) => /^--(?:bins?|lib)(?:=|$)/.test(word)))
      resolution = withTargetsOf(selected, units);
    differences.push(...differencesFromGraph(resolution, units, isPlain ? undefined : target));
  }
  if (fine('-Zsbom', listed)) {
    asked.push('cargo -Zsbom');
    for (const { path, package: pkg } of deliveredIn(
      listed.lines.flatMap((line) => readMessage(line) ?? []),
    )) {
      const precursor = readPrecursor(room.made(`${path}.cargo-sbom.json`, 'dry').bytes.toString('utf8'));
      differences.push(
        ...differencesFromPrecursor(reachedFrom(resolution, pkg), precursor, posix.basename(path)),
      );
    }
  }
  return { asked, unasked, resolution, differences: [...new Set(differences)].sort() };
}
