/** What CI's files were read as, from run to run: the same as reading them, and nothing where anything is in doubt. */
import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { afterEach, it, type TestContext } from 'node:test';
import { projectReadings, readingCode } from '../../../src/cli/shared/kept-readings.ts';
import { ciTargets } from '../../../src/gate/surroundings/built-targets.ts';
import { takeReadings } from '../../../src/gate/surroundings/remembered.ts';
import { seenFlags } from '../../../src/gate/surroundings/seen-flags.ts';
import { surroundingChanges } from '../../../src/gate/surroundings/surroundings.ts';
import { ciCases } from '../../gate/surroundings/ci-cases.ts';
import { sideOf } from '../../gate/surroundings/sides.ts';
import { tempDir } from '../../support/temp.ts';

afterEach(() => takeReadings(undefined));

const workflow = `
on: push
env:
  RUSTFLAGS: --cfg x
jobs:
  test:
    runs-on: \${{ matrix.os }}
    strategy: { matrix: { os: [ubuntu-latest, macos-14], target: [wasm32-unknown-unknown] } }
    steps:
      - run: cargo build
      - run: cargo test --target \${{ matrix.target }} && ./ci/more.sh
      - run: cargo build --config build.jobs=99999999999999999999
`;

/** A project with a file of each kind that there is a case of; a comment makes each text another one than memory has. */
function project(mark: string) {
  const cases = ciCases.map(([, kind, text], i) => [pathOf(kind, i), `${text}\n`] as const);
  return sideOf({
    ...Object.fromEntries(cases),
    '.github/workflows/ci.yml': `${workflow}# ${mark}\n`,
    'ci/more.sh': `cargo run # ${mark}\n`,
  });
}

function pathOf(kind: string, i: number): string {
  const named: Readonly<Record<string, string>> = {
    github: `.github/workflows/${i}.yml`,
    gitlab: `.gitlab/${i}.yml`,
    docker: `${i}/Dockerfile`,
    make: `${i}/Makefile`,
    just: `${i}/justfile`,
    pipeline: `.circleci/${i}.yml`,
    jenkins: `${i}/Jenkinsfile`,
    cross: `${i}/Cross.toml`,
    manifest: `${i}/Cargo.toml`,
    pyproject: `${i}/pyproject.toml`,
    'cargo-make': `${i}/Makefile.toml`,
  };
  return named[kind] ?? `ci/${i}.sh`;
}

function saidOf(side: ReturnType<typeof project>) {
  return {
    changes: [...surroundingChanges(undefined, side)],
    targets: ciTargets(undefined, side),
    flags: seenFlags(side, ''),
  };
}

/** A cache in which the readings of a project lie, and their file. */
function filled(t: TestContext) {
  const cache = join(tempDir(t), 'cache');
  const readings = projectReadings('/project', cache);
  readings.put('a', { settings: [1n, new Map([['x', new Set(['y'])]])] });
  readings.keep();
  const [name = ''] = readdirSync(join(cache, 'readings'));
  return { cache, file: join(cache, 'readings', name) };
}

it('says of every file the same as reading it does', (t) => {
  const cache = join(tempDir(t), 'cache');
  const first = projectReadings('/project', cache);
  takeReadings(first);
  const expected = saidOf(project('first'));
  first.keep();
  assert.ok(
    JSON.stringify(expected, (_, value) => (typeof value === 'bigint' ? `${value}` : value)).length > 1_000,
  );
  // What is in memory by its text is asked for once: the kept form is looked at by itself.
  const again = projectReadings('/project', cache);
  let [asked, found] = [0, 0];
  takeReadings({
    get: (id) => {
      asked += 1;
      const reading = again.get(id);
      if (reading !== undefined) found += 1;
      return reading;
    },
    put: again.put,
  });
  const marked = saidOf(project('second'));
  assert.ok(asked > 0 && found < asked, 'a text that changed is read');
  takeReadings(undefined);
  assert.deepEqual(marked, saidOf(project('second')));
  assert.deepEqual(marked, expected);
});

it('keeps what was put, for the project that it is of', (t) => {
  const { cache } = filled(t);
  assert.deepEqual(projectReadings('/project', cache).get('a'), {
    settings: [1n, new Map([['x', new Set(['y'])]])],
  });
  assert.equal(projectReadings('/project', cache).get('b'), undefined);
  assert.equal(projectReadings('/other', cache).get('a'), undefined);
});

it('drops what a run did not ask for, once something else is kept', (t) => {
  const { cache } = filled(t);
  const readings = projectReadings('/project', cache);
  readings.put('b', 1);
  readings.keep();
  assert.equal(projectReadings('/project', cache).get('a'), undefined);
  assert.equal(projectReadings('/project', cache).get('b'), 1);
});

it('has nothing where a byte is another, or the file is cut off', (t) => {
  const { cache, file } = filled(t);
  const bytes = readFileSync(file);
  for (let at = 0; at < bytes.length; at++) {
    const other = Buffer.from(bytes);
    other[at] = (other[at] ?? 0) ^ 1;
    writeFileSync(file, other);
    assert.equal(projectReadings('/project', cache).get('a'), undefined, `byte ${at}`);
    writeFileSync(file, bytes.subarray(0, at));
    assert.equal(projectReadings('/project', cache).get('a'), undefined, `${at} bytes`);
  }
  writeFileSync(file, bytes);
  assert.notEqual(projectReadings('/project', cache).get('a'), undefined);
});

it('takes and gives nothing where others may write', (t) => {
  const { cache, file } = filled(t);
  chmodSync(file, 0o666);
  assert.equal(projectReadings('/project', cache).get('a'), undefined);
  chmodSync(file, 0o600);
  chmodSync(dirname(file), 0o777);
  const open = projectReadings('/project', cache);
  assert.equal(open.get('a'), undefined);
  open.put('b', 1);
  open.keep();
  chmodSync(dirname(file), 0o700);
  assert.equal(projectReadings('/project', cache).get('b'), undefined);
  const elsewhere = join(tempDir(t), 'cache');
  mkdirSync(elsewhere);
  symlinkSync(dirname(file), join(elsewhere, 'readings'));
  assert.equal(projectReadings('/project', elsewhere).get('a'), undefined);
});

it('counts for the code that is stamped: readings are made by no other', () => {
  const src = join(import.meta.dirname, '../../../src');
  const packages = new Set<string>();
  const seen = new Set<string>();
  const surroundings = join(src, 'gate/surroundings');
  const queue = readdirSync(surroundings)
    .map((name) => join(surroundings, name))
    .filter((path) => /rememberedByKind\(/.test(readFileSync(path, 'utf8')));
  assert.ok(queue.length > 5);
  for (let path = queue.pop(); path !== undefined; path = queue.pop()) {
    if (seen.has(path)) continue;
    seen.add(path);
    for (const [whole, name = ''] of readFileSync(path, 'utf8').matchAll(/^import [^;]*?'([^']+)'/gms)) {
      if (whole.startsWith('import type')) continue;
      if (name.startsWith('.')) queue.push(join(dirname(path), name));
      else if (!name.startsWith('node:')) packages.add(name);
    }
  }
  const folders = new Set([...seen].map((path) => relative(src, dirname(path))));
  assert.deepEqual([...folders.difference(new Set(readingCode.folders))], []);
  assert.deepEqual([...packages.difference(new Set(readingCode.packages))], []);
});
