import { BuildError } from '../error.ts';
import type { Cell } from '../limits/cell.ts';
import { watchDisk } from '../limits/disk.ts';
import { type MetLimit, overLimit, sizeText } from '../limits/over.ts';
import type { RelayPlace } from '../sandbox/bubblewrap.ts';
import type { Mount } from '../sandbox/plan.ts';
import type { CargoCommand } from './cargo-command.ts';
import { type CargoMessage, readMessage } from './messages.ts';
import { runProgram } from './program.ts';
import type { Room } from './room.ts';
import type { Toolchain } from './toolchain.ts';

// The phases of a build that start cargo, in their order. All of them throw `BuildError`.

/** What a phase needs to know of the build that it is a part of. */
export interface PhaseInput {
  readonly command: CargoCommand;
  readonly toolchain: Toolchain;
  /** The target that is built for. */
  readonly target: string;
  readonly log: string;
  /** Words by which every cargo of the build finds its crates in the same place. */
  readonly configured: readonly string[];
  readonly stop: AbortSignal;
}

/** Brings what the lockfile names to this machine, as cargo is configured here. Nothing of a crate runs. */
export async function fetchCrates(
  { command, toolchain, target, log, stop, configured }: PhaseInput,
  folder: string,
  environment: Readonly<Record<string, string>>,
): Promise<void> {
  const manifest = command.manifestPath === undefined ? [] : ['--manifest-path', command.manifestPath];
  const offline = command.offline ? ['--offline'] : [];
  const words = [
    toolchain.cargo,
    'fetch',
    '--locked',
    ...offline,
    ...fetchedFor(target, toolchain.host),
    ...manifest,
    ...configured,
  ];
  const { code, said } = await runProgram(words, { env: environment, cwd: folder, log, stop });
  if (code === 0) return;
  if (/could not find specification for target|error loading target specification/i.test(said))
    throw new BuildError('build/config', `this compiler knows no target ${target}:\n${said.trimEnd()}`, {
      next: 'Name one of `rustc --print target-list`, with --target or in cargo’s configuration.',
    });
  refuseConfiguration(said);
  throw new BuildError('build/fetch', `the crates could not be fetched:\n${said.trimEnd()}`, {
    next: 'Mend what cargo names, then run this again; nothing was compiled.',
  });
}

/** Throws `BuildError('build/config')` where cargo, by what it said, could not read its configuration. */
export function refuseConfiguration(said: string): void {
  if (!/^error: (?:could not load Cargo configuration|error in \S+\/config(?:\.toml)?: )/m.test(said)) return;
  throw new BuildError('build/config', `cargo cannot read its configuration:\n${said.trimEnd()}`, {
    next: 'Mend the file that cargo names, then run this again; nothing was compiled.',
  });
}

/** Unpacks what was fetched, afresh and without a network, on a machine of the triple `host`. */
export async function unpackCrates(
  room: Room,
  { log, stop, target, manifest, configured }: InRoom,
  host: string,
): Promise<void> {
  const targets = fetchedFor(target, host);
  const words = ['fetch', '--frozen', ...targets, '--manifest-path', manifest, ...configured];
  const { code, said } = await room.cargo(words, { step: 'unpack', log, stop });
  if (code !== 0)
    throw new BuildError('build/fetch', `the crates could not be unpacked:\n${said.trimEnd()}`, {
      next: whereFull(said) ?? 'Run `cargo fetch --locked` in the project, then this again.',
    });
}

/**
 * `cargo build` opens the packages of the machine that it runs on for whatever it builds, those that only libraries for
 * the target would use there with them (cargo: `PackageSet::filter_deps`); `cargo fetch` brings what it is told alone.
 */
function fetchedFor(target: string, host: string): readonly string[] {
  return [...new Set([target, host])].flatMap((triple) => ['--target', triple]);
}

/** A phase in a room: `manifest` is the path inside. */
export type InRoom = Omit<PhaseInput, 'toolchain'> & { readonly manifest: string };

/**
 * What holds the build, and where it may write so many bytes; a file that what it does is recorded in, and what a
 * policy lets it see.
 */
export interface Held {
  readonly trace: string | undefined;
  readonly opened: readonly Mount[];
  readonly relay: RelayPlace | undefined;
  /** Whose code met a limit, as sentences, where that can be told. */
  readonly blame: (limit: MetLimit) => readonly string[] | undefined;
  readonly cell: Cell;
  readonly work: string;
  /** Bytes. */
  readonly disk: number;
}

/** Compiles without a network, and says what cargo said of it. */
export async function compile(
  room: Room,
  { command, log, stop, manifest, configured }: InRoom,
  { cell, work, disk, trace, opened, relay, blame }: Held,
): Promise<readonly CargoMessage[]> {
  const messages: CargoMessage[] = [];
  const full = new AbortController();
  // It writes to its cargo home only before.
  const watch = watchDisk(work, { most: disk, except: [room.cargoHome] }, () => full.abort());
  const words = ['--frozen', '--manifest-path', manifest, '--message-format', 'json-render-diagnostics'];
  const ended = await room
    .cargo(['build', ...command.words, ...words, ...configured], {
      log,
      trace,
      opened,
      relay,
      stop: AbortSignal.any([stop, full.signal]),
      onLine: (line) => {
        const message = readMessage(line);
        if (message !== undefined) messages.push(message);
      },
    })
    .finally(() => watch.close());
  const over: MetLimit | undefined = full.signal.aborted
    ? { kind: 'disk', most: disk, said: `${sizeText(disk)} on disk` }
    : cell.met(ended.said);
  if (ended.code === 0 && !full.signal.aborted) return messages;
  const said = ended.said.trimEnd();
  if (over !== undefined) throw overLimit(over, [...(blame(over) ?? []), said]);
  throw new BuildError('build/failed', `cargo could not build it:\n${said}`, {
    next: whereFull(said) ?? 'Mend what it names, then run this again.',
  });
}

/** What helps where a disk was full, by what cargo and compilers say; `undefined`: they say nothing of that. */
function whereFull(said: string): string | undefined {
  return /No space left on device|disk is full/i.test(said)
    ? 'Free space where --output-dir lies, or name another one: a build works there.'
    : undefined;
}
