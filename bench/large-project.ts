/**
 * A project with a large lockfile, seven dependencies a package, and a registry that has them; for bench/large.ts and
 * bench/growth.ts.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Crate, makeCrate } from '../tests/support/crate.ts';
import type { Upstream } from '../tests/support/upstream.ts';

/** Makes it in a folder, committed, with `changed` of its `count` packages upgraded since. */
export function makeLargeProject(
  project: string,
  upstream: Pick<Upstream, 'publish'>,
  { count, changed }: { readonly count: number; readonly changed: number },
): void {
  const crates = Array.from({ length: count }, (_, i) => crateOf(i, '1.0.0', count));
  const newer = new Map(
    Array.from({ length: changed }, (_, i) => Math.floor((i * count) / changed)).map((i) => [
      i,
      crateOf(i, '1.0.1', count),
    ]),
  );
  for (const crate of [...crates, ...newer.values()]) upstream.publish(crate);
  const names = crates.slice(0, 50).map(({ name }) => name);
  mkdirSync(join(project, 'src'), { recursive: true });
  writeFileSync(join(project, 'src/main.rs'), 'fn main() {}\n');
  writeFileSync(
    join(project, 'Cargo.toml'),
    `[package]\nname = "app"\nversion = "0.1.0"\nedition = "2021"\n[dependencies]\n${names.map((name) => `${name} = "1"\n`).join('')}`,
  );
  writeFileSync(join(project, 'Cargo.lock'), lockfile(crates, names));
  for (const args of [
    ['init', '--quiet'],
    ['add', '--all'],
    ['commit', '--quiet', '--message', 'as it is'],
  ]) {
    execFileSync('git', ['-c', 'user.name=bench', '-c', 'user.email=bench@example.invalid', ...args], {
      cwd: project,
    });
  }
  const now = crates.map((crate, i) => newer.get(i) ?? crate);
  writeFileSync(join(project, 'Cargo.lock'), lockfile(now, names));
}

function nameOf(i: number): string {
  return `crate-${String(i).padStart(5, '0')}`;
}

/** A heap's edges, so that all is reached, and three further down, so that much is reached by many ways. */
function dependenciesOf(i: number, count: number): readonly string[] {
  const near = [1, 2, 3, 4].map((k) => i * 4 + k + 46);
  const far = [1, 2, 3].map((k) => i + ((i * 7919 + k * 104_729) % count));
  return [...new Set([...near, ...far])]
    .filter((j) => j > i && j < count)
    .map(nameOf)
    .sort();
}

function crateOf(i: number, version: string, count: number): Crate {
  const dependencies = Object.fromEntries(dependenciesOf(i, count).map((name) => [name, '1']));
  return makeCrate({ name: nameOf(i), version, license: 'MIT', dependencies });
}

function lockfile(crates: readonly Crate[], roots: readonly string[]): string {
  const list = (names: readonly string[]) =>
    names.length === 0 ? '' : `dependencies = [\n${names.map((name) => ` "${name}",\n`).join('')}]\n`;
  const packages = crates.map(
    ({ name, version, checksum }, i) =>
      `\n[[package]]\nname = "${name}"\nversion = "${version}"\n` +
      `source = "registry+https://github.com/rust-lang/crates.io-index"\nchecksum = "${checksum}"\n${list(dependenciesOf(i, crates.length))}`,
  );
  return `version = 4\n\n[[package]]\nname = "app"\nversion = "0.1.0"\n${list(roots)}${packages.join('')}`;
}
