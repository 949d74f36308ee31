import type { InstalledProgram, LoadedObject, Look, SeenProcess } from './report.ts';

/** What one message may have; the server takes no more (server/sighting-contract.ts). */
export const most = {
  processes: 20_000,
  programs: 20_000,
  /** Of one process or program. */
  loaded: 2000,
  possible: 200,
  stale: 200,
  /** Different files, and positions of them, of all together. */
  objects: 100_000,
  positions: 2_000_000,
  /** Letters. */
  path: 4200,
  package: 2000,
  why: 1000,
  buildId: 128,
} as const;

/** Letters of one message: half of the bytes that the server takes, as few of them are more than a byte. */
const letters = 32 * 1024 * 1024;

/** Letters of the names and marks around one thing. */
const around = 250;

/** Stands for files of a process that are not told one by one. */
export function untold(path: string): LoadedObject {
  const why = 'its process has more files than are told of one host';
  return { path, state: 'present', class: 'other', why };
}

/**
 * What of a look one message takes. Anybody on a host may have more files mapped than that: those who have the most are
 * told without theirs, which is said, and if need be not at all (`unread`); nobody else is hidden by them.
 */
export function bounded(look: Look): Look {
  const { processes, installed, unread } = look;
  const all = new Room();
  if (processes.every((one) => all.takes(one)) && installed.every((one) => all.takes(one))) return look;
  const room = new Room();
  const kept = new Map<SeenProcess | InstalledProgram, SeenProcess | InstalledProgram>();
  for (const one of [...processes, ...installed].toSorted((a, b) => sizeOf(a) - sizeOf(b)))
    for (const told of [one, without(one)])
      if (room.takes(told)) {
        kept.set(one, told);
        break;
      }
  const left = <T extends SeenProcess | InstalledProgram>(list: readonly T[]) =>
    list.flatMap((one) => (kept.get(one) as T | undefined) ?? []);
  const seen = left(processes);
  return {
    ...look,
    processes: seen,
    installed: left(installed),
    unread: unread + processes.length - seen.length,
  };
}

function filesOf(one: SeenProcess | InstalledProgram): readonly LoadedObject[] {
  return [...('needed' in one ? one.needed : one.loaded), ...one.possible];
}

function sizeOf(one: SeenProcess | InstalledProgram): number {
  return filesOf(one).length + ('stale' in one ? one.stale.length : 0);
}

function without(one: SeenProcess | InstalledProgram): SeenProcess | InstalledProgram {
  if ('needed' in one) return { ...one, needed: one.needed.slice(0, 1), possible: [] };
  return { ...one, stale: [], loaded: [untold(one.path)], possible: [] };
}

/** What is left of a message. */
class Room {
  readonly #known = new Set<LoadedObject>();
  #positions: number = most.positions;
  #letters = letters;

  /** Takes something with its files, where there is room for it. */
  takes(one: SeenProcess | InstalledProgram): boolean {
    const files = filesOf(one);
    const others = new Set(files.filter((file) => !this.#known.has(file)));
    const needed = own(one) + files.length * 7 + [...others].reduce((sum, file) => sum + lettersOf(file), 0);
    if (files.length > this.#positions || needed > this.#letters) return false;
    if (this.#known.size + others.size > most.objects) return false;
    for (const file of others) this.#known.add(file);
    this.#positions -= files.length;
    this.#letters -= needed;
    return true;
  }
}

function own(one: SeenProcess | InstalledProgram): number {
  const texts =
    'stale' in one ? one.stale.reduce((sum, { path }) => sum + path.length + 50, 0) : one.by.length;
  return around + one.path.length + texts;
}

function lettersOf({ path, package: of = '', why = '' }: LoadedObject): number {
  return around + path.length + of.length + why.length;
}
