import { availableParallelism } from 'node:os';
import { basename } from 'node:path';
import { compareFiles, type SectionDifference } from '../../binary/compare.ts';
import { BuildError } from '../../build/error.ts';
import { deliveredIn } from '../../build/run/artefacts.ts';
import type { MadeFile } from '../../build/run/made-file.ts';
import type { CargoMessage } from '../../build/run/messages.ts';
import type { Room } from '../../build/run/room.ts';
import { otherSurroundings, type Surroundings, surroundings } from '../../build/run/surroundings.ts';
import { sha256Of } from '../../build/sbom/artefact.ts';

/** What a second build of the same came to. As JSON it is one of the results. */
export interface Reproduced {
  readonly same: boolean;
  /** What was otherwise, as the first and the second build had it. */
  readonly varied: Readonly<Record<string, readonly [first: string, second: string]>>;
  /** What was the same, though another machine may have it otherwise. */
  readonly unvaried: readonly string[];
  readonly files: readonly {
    readonly name: string;
    /** As they were linked; absent where a build did not make it. */
    readonly sha256: readonly [first: string | undefined, second: string | undefined];
    readonly differences: readonly SectionDifference[];
  }[];
}

/** Words of `cargo build` with another count of jobs: half as many, or two for one. */
export function otherJobs(words: readonly string[]): {
  readonly words: readonly string[];
  readonly jobs: readonly [first: number, second: number];
} {
  const kept: string[] = [];
  let given: string | undefined;
  for (let i = 0; i < words.length; i++) {
    const word = words[i] ?? '';
    const [, attached] = /^(?:--jobs=|-j=?)(.+)$/.exec(word) ?? [];
    if (attached !== undefined) given = attached;
    else if (word === '--jobs' || word === '-j') given = words[++i];
    else kept.push(word);
  }
  const cores = availableParallelism();
  const stated = Number(given);
  // Cargo: a negative number is so many fewer than there are; `default` is all.
  const first =
    Number.isInteger(stated) && stated !== 0 ? (stated > 0 ? stated : Math.max(1, cores + stated)) : cores;
  const second = first === 1 ? 2 : Math.floor(first / 2);
  return { words: [...kept, '--jobs', String(second)], jobs: [first, second] };
}

/** Holds what two builds made against each other, byte for byte, before anything is added to it. */
export function compareBuilds(
  first: { readonly room: Pick<Room, 'made'>; readonly messages: readonly CargoMessage[] },
  second: { readonly room: Pick<Room, 'made'>; readonly messages: readonly CargoMessage[] },
  jobs: readonly [number, number],
): Reproduced {
  const [ones, others] = [first, second].map(
    ({ room, messages }) =>
      new Map(deliveredIn(messages).map(({ path }) => [basename(path), room.made(path)])),
  ) as [Map<string, MadeFile>, Map<string, MadeFile>];
  const files = [...new Set([...ones.keys(), ...others.keys()])].map((name) => {
    const [one, other] = [ones.get(name)?.bytes, others.get(name)?.bytes];
    const digest = (bytes: Uint8Array | undefined) => bytes && sha256Of(bytes);
    return {
      name,
      sha256: [digest(one), digest(other)] as const,
      differences: one === undefined || other === undefined ? [] : compareFiles(one, other),
    };
  });
  const both = (one: (each: Surroundings) => string | number) =>
    [String(one(surroundings)), String(one(otherSurroundings))] as const;
  return {
    same: files.every(({ sha256: [one, other] }) => one !== undefined && one === other),
    varied: {
      checkout: ['the project', 'a copy in another folder, with other file times'],
      home: both(({ home }) => home),
      hostname: both(({ hostname }) => hostname),
      user: both(({ user }) => user),
      jobs: [String(jobs[0]), String(jobs[1])],
      'processes and time': ['as they were', 'as they were later'],
    },
    unvaried: [
      'paths inside of the build',
      'SOURCE_DATE_EPOCH',
      'the kernel and the system’s libraries',
      'the day',
    ],
    files,
  };
}

/** A line for each file that differs. */
export function differenceLines({ files }: Reproduced): readonly string[] {
  return files.flatMap(({ name, sha256: [one, other], differences }) => {
    if (one === undefined) return [`${name}: only the second build made it`];
    if (other === undefined) return [`${name}: only the first build made it`];
    return differences.map(({ section, offset, texts: [here, there] }) => {
      const said =
        here === '' && there === '' ? '' : `: ${JSON.stringify(here)}, then ${JSON.stringify(there)}`;
      return `${name}: ${section} differs at byte ${offset}${said}`;
    });
  });
}

/** Throws `BuildError('build/command')`. */
export function refuseUnsealed(reproduce: boolean, sandbox: boolean): void {
  if (!reproduce || sandbox) return;
  throw new BuildError('build/command', '--reproduce compares two sealed builds', {
    next: 'Leave out --no-sandbox: outside of a sandbox the paths of this machine are in what is built.',
  });
}

/** The same error, said to be of the second build. */
export function secondFailed(error: unknown): unknown {
  if (!(error instanceof BuildError)) return error;
  const { code, message, next } = error;
  return new BuildError(code, `it was built once, and not again: ${message}`, { next, cause: error });
}
