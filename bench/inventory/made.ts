import { createHash } from 'node:crypto';
import type { HostReport, LoadedObject, ToldProcess } from '../../src/agent/report.ts';
import type { ArtefactStatement, StatedComponent } from '../../src/inventory/statement.ts';

// What the benchmark's artefacts are made of and what its hosts run: the same in each run.

/** How large it is. */
export interface Size {
  readonly artefacts: number;
  /** Of each artefact. */
  readonly components: number;
  /** Artefacts that are made of the same, such as rebuilds. */
  readonly same: number;
  readonly hosts: number;
}

export const now = Date.UTC(2026, 10, 29);
/** Names of crates, of which few are in most artefacts and most in few. */
export const names = 8000;
const versions = 5;
/** Processes and programs of a host; of the programs some are on every host. */
export const processesOfHost = 100;
const programsOfHost = 50;
const onEveryHost = 5;
/** Base images: what is loaded beside a program. */
const images = 200;
const librariesOfImage = 12;

/** Numbers from 0 to 1 that are the same in each run: a counter whose bits are mixed (SplitMix32). */
function numbersFrom(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x9e3779b9) | 0;
    let mixed = Math.imul(state ^ (state >>> 16), 0x21f0aaad);
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
    return ((mixed ^ (mixed >>> 15)) >>> 0) / 2 ** 32;
  };
}

/**
 * The releases of a set by their numbers, ascending: each name once. A name's rank leans to the first by its third
 * power. Every fifth has `hot`.
 */
export function releasesOf(set: number, count: number): readonly number[] {
  const random = numbersFrom(Math.imul(set + 1, 7919));
  const found = new Map<number, number>();
  if (set % 5 === 0) found.set(0, set % versions);
  while (found.size < count) {
    const name = 1 + Math.floor((names - 1) * random() ** 3);
    if (!found.has(name)) found.set(name, Math.floor(random() * versions));
  }
  return [...found].map(([name, version]) => name * versions + version).toSorted((a, b) => a - b);
}

/** Every release there is, by its number. */
export const releases = names * versions;

export function releaseOf(number: number): { readonly name: string; readonly version: string } {
  const name = Math.floor(number / versions);
  return { name: nameOf(name), version: `1.${number % versions}.0` };
}

/** The name of a crate, by its rank. */
export function nameOf(rank: number): string {
  return rank === 0 ? 'hot' : `crate-${rank}`;
}

/** What the release in a place of a set needs: a tree with three at its root. */
export function usesAt(place: number, count: number): readonly number[] {
  return [1, 2, 3].map((i) => 3 * place + i).filter((i) => i < count);
}

export function digestOf(artefact: number): string {
  return createHash('sha256').update(`artefact ${artefact}`).digest('hex');
}

export function buildIdOf(artefact: number): string {
  return digestOf(artefact).slice(0, 40);
}

/** What `safeguard inventory add` would send of an artefact. */
export function statementOf(artefact: number, size: Size): ArtefactStatement {
  const numbers = releasesOf(Math.floor(artefact / size.same), size.components);
  const components = numbers.map((number, i): StatedComponent => {
    const { name, version } = releaseOf(number);
    const purl = `pkg:cargo/${name}@${version}`;
    const uses = usesAt(i, numbers.length);
    return { purl, name, version, scope: 'linked', method: 'list', confidence: 'stated', uses };
  });
  const file = { sha256: digestOf(artefact), buildId: buildIdOf(artefact), size: 5_000_000 };
  const of = { name: `app-${artefact % 50}`, target: 'x86_64-unknown-linux-gnu', file };
  return { ...of, knownBy: 'list', completeness: 'complete', components, roots: [0] };
}

/** The libraries of an image: a few packages that most have, in some versions. */
export function librariesOf(image: number): readonly LoadedObject[] {
  return Array.from({ length: librariesOfImage }, (_, i) => {
    const version = `3.${(image + i) % 20}-1`;
    return {
      path: `/usr/lib/x86_64-linux-gnu/lib${i}.so.1`,
      state: 'present',
      class: i === 0 ? 'tls' : 'other',
      package: `pkg:deb/debian/lib${i}@${version}?arch=amd64&distro=debian-12&upstream=source${i}`,
      by: 'database',
    };
  });
}

/** Programs of each host that something names which starts programs: the first runs, the others do not. */
const installedOfHost = 20;

/** Their artefacts. */
export function installedOf(host: number, artefacts: number): readonly number[] {
  const others = Array.from(
    { length: installedOfHost - 1 },
    (_, i) => (host * 104_729 + i * 1_299_709 + 17) % artefacts,
  );
  return [...new Set([0, ...others])];
}

/** What an agent would tell of a host: each of its programs runs in two processes, in the image of the program. */
export function reportOf(host: number, { artefacts }: Size): HostReport {
  const program = (i: number) =>
    i < onEveryHost ? i : onEveryHost + ((host * programsOfHost + i * 7919) % (artefacts - onEveryHost));
  const programs = Array.from({ length: programsOfHost }, (_, i) => program(i));
  const used = [...new Set(programs.map((artefact) => artefact % images))];
  const objects = used.flatMap((image) => librariesOf(image));
  const processes = Array.from({ length: processesOfHost }, (_, i): ToldProcess => {
    const artefact = programs[Math.floor(i / 2)] ?? 0;
    const first = used.indexOf(artefact % images) * librariesOfImage;
    return {
      pid: i + 1,
      started: 1,
      path: `/opt/app-${artefact}`,
      sha256: digestOf(artefact),
      buildId: buildIdOf(artefact),
      state: 'present',
      stale: [],
      loaded: Array.from({ length: librariesOfImage }, (_, n) => first + n),
    };
  });
  const installed = installedOf(host, artefacts).map((artefact) => ({
    path: `/opt/app-${artefact}`,
    sha256: digestOf(artefact),
    buildId: buildIdOf(artefact),
    named: 'unit' as const,
    by: `app-${artefact}.service`,
    needed: [],
    possible: [],
  }));
  const of = { host: `host-${host}`, bootId: 'b', environment: host % 4 === 0 ? 'production' : 'staging' };
  return { ...of, processes, objects, installed, unread: 0 };
}
