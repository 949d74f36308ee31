import { readdirSync, readFileSync, readlinkSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { bounded, most, untold } from './bounds.ts';
import { FileIdentities, type FileIdentity } from './file-identity.ts';
import { InstalledFinder } from './installed.ts';
import { LibraryFinder } from './libraries.ts';
import { type FoundObject, type Mapping, ObjectReader } from './objects.ts';
import { type HeldRoot, type Place, placed, Roots } from './place.ts';
import { procBytes } from './proc-file.ts';
import { codeIn, type MappedFile, readStat, stateOf, unmarked } from './proc-text.ts';
import type { Look, SeenProcess } from './report.ts';
import { isAbsent } from './root.ts';
import { shortPath } from './short-path.ts';

/** A process, before it is known whose its files are. */
interface Found extends Omit<SeenProcess, 'loaded' | 'possible' | 'stale'> {
  readonly objects: readonly Mapping[];
  readonly possible: readonly FoundObject[];
  /** Whether it has mapped more files than are told of one process. */
  readonly hasMore: boolean;
}

/** Looks at all processes again and again, and remembers what it need not read twice. */
export class Scanner {
  readonly #proc: string;
  readonly #files = new FileIdentities();
  readonly objects: ObjectReader;
  readonly #libraries: LibraryFinder;

  readonly #installed: InstalledFinder;
  readonly #paths: readonly string[];

  /**
   * `proc` is where the kernel shows processes: `/proc`. `builds`: what an earlier run knew of builds. `paths`: where
   * more programs are.
   */
  constructor(proc: string, builds: Iterable<readonly [string, string]> = [], paths: readonly string[] = []) {
    this.#proc = proc;
    this.objects = new ObjectReader(this.#files, builds);
    this.#libraries = new LibraryFinder(this.objects.packages);
    this.#installed = new InstalledFinder(this.objects, this.#libraries);
    this.#paths = paths;
  }

  /** One look. Throws what the system says of `/proc`. */
  look(): Look {
    const bootId = readFileSync(join(this.#proc, 'sys/kernel/random/boot_id'), 'utf8').trim();
    const pids = readdirSync(this.#proc).filter((name) => /^\d+$/.test(name));
    const roots = new Roots(this.#proc);
    try {
      const seen: Found[] = [];
      let unread = Math.max(0, pids.length - most.processes);
      for (const pid of pids.slice(0, most.processes)) {
        const found = this.#find(pid, roots);
        if (found === 'unread') unread++;
        else if (found !== undefined) seen.push(found);
      }
      const here = roots.here();
      const programs = here === undefined ? [] : this.#installed.find(here, this.#paths);
      this.objects.learn([
        ...seen.flatMap(({ objects, possible }) => [...objects.map(({ found }) => found), ...possible]),
        ...programs.flatMap(({ program, needed, possible }) => [program, ...needed, ...possible]),
      ]);
      return bounded({
        bootId,
        processes: seen.map((one) => this.#told(one)),
        installed: programs.map((one) => this.#installed.told(one)),
        unread,
      });
    } finally {
      roots.close();
      this.#files.forgetUnused();
      this.#libraries.forgetUnused();
      this.objects.forgetUnused();
    }
  }

  /** A process; `undefined` for the kernel's own threads and for what ended meanwhile. */
  #find(pid: string, roots: Roots): Found | 'unread' | undefined {
    const folder = join(this.#proc, pid);
    try {
      const stat = readStat(readFileSync(join(folder, 'stat'), 'utf8'));
      if (stat === undefined || !stat.runs) return undefined;
      const { started } = stat;
      const all = codeIn(procBytes(join(folder, 'maps')));
      const hasMore = all.length > most.loaded;
      const mapped = hasMore ? all.slice(0, most.loaded - 1) : all;
      const exe = exeOf(folder, all);
      // The link leads to the bytes that run, wherever their file is now.
      const identity = identityOf(join(folder, 'exe'), this.#files);
      const place = roots.of(pid);
      const program = programOf(folder, exe, place);
      const process = `${pid} ${started}`;
      const objects = mapped.map((one) =>
        place === undefined
          ? this.objects.outside(process, one, one.path === exe)
          : this.objects.find(folder, process, place, one, one.path === exe),
      );
      const possible = place === undefined ? [] : this.#possible(place.own, identity, objects);
      // A pid may have been given again while it was read.
      if (readStat(readFileSync(join(folder, 'stat'), 'utf8'))?.started !== started) return undefined;
      return {
        pid: Number(pid),
        started,
        ...program,
        ...(identity === undefined ? {} : { sha256: identity.sha256 }),
        ...(identity?.buildId === undefined ? {} : { buildId: identity.buildId }),
        ...(identity?.segments === undefined ? {} : { segments: identity.segments }),
        objects,
        possible,
        hasMore,
      };
    } catch (error) {
      if (!isAbsent(error)) throw error;
      const { code } = error as NodeJS.ErrnoException;
      // Whatever one process has the system say hides that process alone.
      return code === 'ENOENT' || code === 'ESRCH' ? undefined : 'unread';
    }
  }

  #told({ objects, possible, hasMore, ...found }: Found): SeenProcess {
    const process = { ...found, path: shortPath(found.path) };
    const told = objects.map((one) => this.objects.toldOf(one));
    const loaded = hasMore ? [...told, untold(process.path)] : told;
    const stale = loaded.flatMap(({ path, state, class: kind }) =>
      state === 'present' || kind === 'program' ? [] : [{ path, state }],
    );
    return {
      ...process,
      stale: stale.slice(0, most.stale),
      loaded,
      possible: possible.map((one) => this.objects.told(one)),
    };
  }

  /** What the names in a program lead to in its root, of what it has not loaded. */
  #possible(
    root: HeldRoot,
    identity: FileIdentity | undefined,
    objects: readonly Mapping[],
  ): readonly FoundObject[] {
    if (identity === undefined) return [];
    const loaded = new Set(objects.map(({ found }) => found.path));
    const paths = new Set(identity.opens.flatMap((name) => this.#libraries.find(root, name) ?? []));
    return [...paths]
      .filter((path) => !loaded.has(path))
      .slice(0, most.possible)
      .map((path) => this.objects.possible(root, path));
  }
}

/** One look, by who remembers nothing. */
export function scan(proc: string, paths: readonly string[] = []): Look {
  return new Scanner(proc, [], paths).look();
}

/**
 * Where the executable is, as the kernel says it. It says no path of more than a page (`ENAMETOOLONG`): then the first
 * file with code stands for it, whose path it says whole.
 */
function exeOf(folder: string, mapped: readonly MappedFile[]): string {
  try {
    return readlinkSync(join(folder, 'exe'));
  } catch (error) {
    const [first] = mapped;
    if ((error as NodeJS.ErrnoException).code !== 'ENAMETOOLONG' || first === undefined) throw error;
    return first.path;
  }
}

function identityOf(path: string, files: FileIdentities): FileIdentity | undefined {
  try {
    return files.of(path);
  } catch (error) {
    // A disk that does not answer hides one executable, not the host.
    if ((error as NodeJS.ErrnoException).code === 'EIO') return undefined;
    throw error;
  }
}

/** Where the executable is. A file may itself be called `x (deleted)`: it is, where that very file is at that path. */
function programOf(
  folder: string,
  exe: string,
  place: Place | undefined,
): Pick<SeenProcess, 'path' | 'state'> {
  const { path: bare, isMarked } = unmarked(exe);
  const inRoot = (path: string) => (place === undefined ? undefined : placed(place, path));
  const link = join(folder, 'exe');
  const there = realOf(inRoot(exe));
  if (isSame(link, there) || (!isMarked && there === undefined))
    return { path: inRoot(exe)?.path ?? exe, state: 'present' };
  // Another one may be mounted over it.
  const at = inRoot(isMarked ? bare : exe);
  return { path: at?.path ?? bare, state: stateOf(at?.path ?? bare, realOf(at) !== undefined) };
}

function realOf(at: ReturnType<typeof placed>): string | undefined {
  try {
    const real = at?.root.root.realOf(at.path);
    return real === undefined ? undefined : at?.root.root.at(real);
  } catch (error) {
    if (isAbsent(error)) return undefined;
    throw error;
  }
}

function isSame(link: string, path: string | undefined): boolean {
  if (path === undefined) return false;
  try {
    const [one, other] = [statSync(link), statSync(path)];
    return one.ino === other.ino && one.dev === other.dev;
  } catch (error) {
    // It is gone since.
    if (isAbsent(error)) return false;
    throw error;
  }
}
