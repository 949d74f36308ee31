/** The same question asked of us and of cargo-audit: which advisories match which packages of a lockfile? */
import { execFile } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseLockfile } from '../../src/cargo/lockfile.ts';
import { parseRequirement } from '../../src/cargo/requirement.ts';
import { tryParseVersion } from '../../src/cargo/version.ts';
import type { Advisory } from '../../src/facts/advisories/advisory.ts';
import { type AdvisoryDatabase, advisoriesOf, advisorySource } from '../../src/facts/advisories/database.ts';
import { tempDir } from './temp.ts';

/** `ID crate version kind`; sorted. The peer has no word for "malicious": there it is a vulnerability. */
export type Rows = readonly string[];

export type Release = readonly [crate: string, version: string];

/** Our answer. An informational advisory of an unknown kind is left out, as the peer does. */
export function ourRows(database: AdvisoryDatabase, lockfile: string): Rows {
  return parseLockfile(lockfile)
    .packages.flatMap(({ name, version, source }) => {
      const from = advisorySource(source);
      if (from === undefined) return [];
      return advisoriesOf(database, name, version, { source: from })
        .filter(({ kind }) => kind !== 'other')
        .map(({ advisory }) => row(advisory.id, name, version, advisory.informational));
    })
    .sort();
}

interface PeerMatch {
  readonly advisory: { readonly id: string; readonly informational: string | null } | null;
  readonly package: { readonly name: string; readonly version: string };
}

interface PeerReport {
  readonly vulnerabilities: { readonly list: readonly PeerMatch[] };
  readonly warnings: Readonly<Record<string, readonly PeerMatch[]>>;
}

/** cargo-audit's answer, on a database in a folder. */
export async function peerRows(program: string, database: string, lockfile: string): Promise<Rows> {
  const home = tempDir();
  const file = join(home, 'Cargo.lock');
  mkdirSync(join(home, 'cargo'));
  writeFileSync(file, lockfile);
  const report = await audit(program, ['--db', database, '--file', file], home);
  return [report.vulnerabilities.list, ...Object.values(report.warnings)]
    .flat()
    .flatMap(({ advisory, package: { name, version } }) =>
      // Without an advisory it is a yanked release: another question.
      advisory === null ? [] : [row(advisory.id, name, version, advisory.informational ?? undefined)],
    )
    .sort();
}

/** A lockfile of releases of the default registry that depend on nothing. */
export function lockfileOf(releases: readonly Release[]): string {
  const source = 'registry+https://github.com/rust-lang/crates.io-index';
  const packages = releases.map(
    ([name, version]) => `[[package]]\nname = "${name}"\nversion = "${version}"\nsource = "${source}"\n`,
  );
  return ['version = 4\n', ...packages].join('\n');
}

/** Releases of every package around every bound that an advisory names, pre-releases and build metadata included. */
export function boundaryReleases(advisories: readonly Advisory[]): readonly Release[] {
  const releases = new Map<string, Release>();
  for (const { package: name, versions } of advisories) {
    for (const version of boundaryVersions([...versions.patched, ...versions.unaffected])) {
      releases.set(`${name} ${version}`, [name, version]);
    }
  }
  return [...releases.values()];
}

export function boundaryVersions(requirements: readonly string[]): readonly string[] {
  const found = new Set(['0.0.0-0', '0.0.0', '0.0.1', '1.0.0', '999.999.999']);
  for (const { major, minor, patch, pre } of requirements.flatMap(
    (text) => parseRequirement(text).comparators,
  )) {
    const at = [major, minor ?? 0n, patch ?? 0n] as const;
    for (const core of neighbours(at)) {
      for (const tail of [
        '',
        '-0',
        '-0.0',
        '-alpha',
        '-alpha.1',
        '-rc.1',
        '-zzz',
        '+build.1',
        '-rc.1+build',
      ]) {
        found.add(core + tail);
      }
    }
    if (pre.length === 0) continue;
    const [exact, last] = [`${at.join('.')}-${pre.join('.')}`, pre.at(-1) ?? ''];
    const parent = pre.slice(0, -1).join('.');
    const number = /^\d+$/.test(last) ? [Number(last) - 1, Number(last) + 1].filter((n) => n >= 0) : [];
    const siblings = number.map((n) => [...pre.slice(0, -1), n].join('.'));
    found.add(exact).add(`${exact}.0`).add(`${exact}.a`).add(`${exact}+build`).add(`${exact}x`);
    for (const tail of [parent, ...siblings]) if (tail !== '') found.add(`${at.join('.')}-${tail}`);
  }
  return [...found].filter((version) => tryParseVersion(version) !== undefined);
}

function neighbours([major, minor, patch]: readonly [bigint, bigint, bigint]): readonly string[] {
  const cores = [
    [major, minor, patch],
    [major, minor, patch + 1n],
    [major, minor, patch - 1n],
    [major, minor + 1n, 0n],
    [major, minor - 1n, 99n],
    [major + 1n, 0n, 0n],
    [major - 1n, 99n, 99n],
  ];
  return cores.filter((core) => core.every((part) => part >= 0n)).map((core) => core.join('.'));
}

function row(id: string, crate: string, version: string, informational: string | undefined): string {
  return `${id} ${crate} ${version} ${informational ?? 'vulnerability'}`;
}

/** It exits with 1 where it finds something. */
function audit(program: string, args: readonly string[], home: string): Promise<PeerReport> {
  const env = { PATH: process.env.PATH ?? '', HOME: home, CARGO_HOME: join(home, 'cargo') };
  const all = ['audit', '--no-fetch', '--stale', '--json', ...args];
  return new Promise((resolve, reject) => {
    execFile(program, all, { cwd: home, env, maxBuffer: 1 << 30 }, (_error, stdout, stderr) => {
      try {
        resolve(JSON.parse(stdout) as PeerReport);
      } catch {
        reject(new Error(`cargo-audit gave no report:\n${stderr}`));
      }
    });
  });
}
