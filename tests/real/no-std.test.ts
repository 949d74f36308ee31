/** Whether libraries need `std`, by their source and by rustc, on real crates with many choices of features. */
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { targetOf } from '../../src/cargo/cfg/target.ts';
import { manifestOf, readCrateArchive } from '../../src/cargo/crate-archive.ts';
import type { BuiltPackage } from '../../src/cargo/resolve/resolve.ts';
import { readStd } from '../../src/facts/std.ts';
import { CargoHome, cargoHomeFolder } from '../../src/gate/project/cargo-home.ts';
import { diskFiles } from '../../src/gate/project/files.ts';
import { openProject } from '../../src/gate/project/resolve.ts';
import { type StdClass, stdClass } from '../../src/rust/no-std.ts';
import { askRustc, noOracle, oracleTarget, type RustcAnswer, sysroot } from '../support/no-std-oracle.ts';
import { testCache } from '../support/peers.ts';
import { runCargo, toolchain } from '../support/unit-graph.ts';

const folder = join(import.meta.dirname, 'no-std');
const members = ['none', 'default', 'alloc', 'std'];
const cache = join(testCache, 'no-std');

/** Choices whose class is not known, each with its cause; rustc was asked with the `dev` profile. */
const explained: readonly string[] = [
  // `extern crate std` under `debug_assertions`: with `--release` it needs none.
  'icu_provider 2.4.0 [alloc]',
];

describe('the classes of real libraries', { skip: noOracle() ?? false }, () => {
  it('are what rustc finds when there is no std, on 300 choices of features and more', async (t) => {
    const fetched = await runCargo(['fetch', '--locked'], { folder });
    assert.equal(fetched.code, 0, fetched.stderr);
    const seen = new Map<
      string,
      { readonly ours: StdClass; readonly theirs: StdClass; readonly why: string }
    >();
    for (const member of members) {
      const theirs = answersOf(member);
      for (const pkg of await packagesOf(member)) {
        const answer = theirs.get(`${pkg.name} ${pkg.version}`);
        if (answer === undefined) continue;
        const ours = ourAnswer(pkg);
        const key = `${pkg.name} ${pkg.version} [${pkg.features.join(', ')}]`;
        const real =
          answer === 'no_std?' && ours.class !== 'std' && ours.class !== 'unknown' ? ours.class : answer;
        seen.set(key, {
          ours: ours.class,
          theirs: real === 'no_std?' ? 'no_std' : real,
          why: JSON.stringify(ours),
        });
      }
    }
    const all = [...seen];
    const count = (wanted: (theirs: StdClass) => boolean) =>
      all.filter(([, { theirs }]) => wanted(theirs)).length;
    const differing = all.filter(([, { ours, theirs }]) => ours !== theirs);
    t.diagnostic(
      `${all.length} choices of ${new Set(all.map(([key]) => key.split(' [')[0])).size} releases: ${count((c) => c === 'std')} std, ${count((c) => c === 'no_std+alloc')} alloc, ${count((c) => c === 'no_std')} neither; ${differing.length} differ`,
    );
    for (const [key, { ours, theirs, why }] of differing)
      t.diagnostic(`${key}: ${ours}, rustc: ${theirs} (${why})`);
    assert.ok(all.length >= 300, `${all.length}`);
    assert.deepEqual(
      differing.map(([key]) => key),
      explained,
    );
  });
});

/** What rustc says with and without `alloc`; `no_std?` where it was asked with `alloc` only. Kept between runs. */
function answersOf(member: string): ReadonlyMap<string, StdClass | 'no_std?'> {
  const file = join(cache, `${member}-${toolchain?.version.replaceAll(/[^\w.]+/g, '-')}.json`);
  if (!existsSync(file)) {
    const target = join(cache, 'target');
    const [rich, poor] = [true, false].map((alloc) => {
      const root = sysroot(join(cache, alloc ? 'sysroot-alloc' : 'sysroot-core'), { alloc });
      return Object.fromEntries(askRustc({ folder, member, sysroot: root, target }));
    });
    mkdirSync(cache, { recursive: true });
    writeFileSync(file, JSON.stringify({ rich, poor }));
  }
  const { rich, poor } = JSON.parse(readFileSync(file, 'utf8')) as Record<
    'rich' | 'poor',
    Record<string, RustcAnswer>
  >;
  return new Map(
    Object.entries(rich).flatMap(([id, answer]): [string, StdClass | 'no_std?'][] => {
      if (answer === 'std') return [[id, 'std']];
      if (answer !== 'compiles') return [];
      const bare = poor[id];
      return [[id, bare === 'compiles' ? 'no_std' : bare === 'alloc' ? 'no_std+alloc' : 'no_std?']];
    }),
  );
}

async function packagesOf(member: string): Promise<readonly BuiltPackage[]> {
  const project = await openProject({
    files: diskFiles,
    manifestPath: join(folder, 'Cargo.toml'),
    cargoHome: cargoHomeFolder(),
    crates: { cache: join(cache, 'extracts'), remote: undefined },
  });
  const selection = {
    packages: [member],
    workspace: false,
    exclude: [],
    features: [],
    allFeatures: false,
    defaultFeatures: true,
    dev: false,
  };
  const { packages } = project.resolve({ target: oracleTarget, host: oracleTarget, selection });
  return packages.filter(({ builtFor, source }) => builtFor === 'target' && source !== undefined);
}

const home = new CargoHome(cargoHomeFolder());

function ourAnswer({ name, version, features }: BuiltPackage) {
  const [bytes] = home.archives(name, version);
  assert.ok(bytes !== undefined, `${name} ${version} is fetched`);
  const archive = readCrateArchive(bytes);
  return stdClass(readStd(archive.files, manifestOf(archive)), new Set(features), targetOf(oracleTarget).cfg);
}
