/**
 * Crates whose siblings require each other exactly: the lines that lead away from a refused release, typed with the real cargo
 * on lockfiles that it makes of real crates. Needs the registry; part of `./test --all`. Its smaller twins are in
 * tests/e2e/exact-siblings.test.ts.
 */
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { parseIndexLine } from '../../src/cargo/index-entry.ts';
import { splitIndexFile } from '../../src/cargo/index-file.ts';
import { indexPath } from '../../src/cargo/index-path.ts';
import { parseLockfile } from '../../src/cargo/lockfile.ts';
import { waysOut } from '../../src/gate/way-out/ways-out.ts';
import { dependenciesOf, type ListedRelease } from '../../src/registry/way-out/choice.ts';
import { folder, run } from '../cli/support.ts';
import { lockedReleases } from '../support/cargo.ts';
import { manifest } from '../support/check.ts';
import { testCache } from '../support/peers.ts';

const authorities = process.env.NODE_EXTRA_CA_CERTS;
const env = {
  ...(authorities === undefined ? {} : { NODE_EXTRA_CA_CERTS: authorities }),
  // What was fetched once stays.
  CARGO_HOME: join(testCache, 'siblings', 'cargo'),
};
const registry = `https://${['index', 'crates.io'].join('.')}/`;

const serde = { serde: { version: '1', features: ['derive'] } };
const web = { 'web-sys': '0.3', 'js-sys': '0.3', 'wasm-bindgen': '0.2' };
/** What a project depends on, and each crate whose locked release is refused, one at a time or together. */
const cases: readonly {
  readonly needs: Readonly<Record<string, unknown>>;
  readonly refused: readonly (readonly string[])[];
}[] = [
  { needs: serde, refused: [['serde'], ['serde_core'], ['serde_derive'], ['serde', 'serde_derive']] },
  {
    needs: { ...serde, serde_derive: '1', serde_json: '1' },
    refused: [['serde'], ['serde_core'], ['serde_derive']],
  },
  {
    needs: { clap: { version: '4', features: ['derive'] }, clap_builder: '4' },
    refused: [['clap'], ['clap_builder'], ['clap_derive'], ['clap_builder', 'clap_derive']],
  },
  {
    needs: { zerocopy: { version: '0.8', features: ['derive'] }, 'zerocopy-derive': '0.8' },
    refused: [['zerocopy'], ['zerocopy-derive']],
  },
  { needs: { rand: '0.9', half: '2' }, refused: [['zerocopy'], ['zerocopy-derive']] },
  { needs: { thiserror: '2' }, refused: [['thiserror'], ['thiserror-impl']] },
  { needs: { 'pin-project': '1' }, refused: [['pin-project'], ['pin-project-internal']] },
  { needs: { 'futures-util': '0.3', futures: '0.3' }, refused: [['futures-macro'], ['futures-core']] },
  {
    needs: web,
    refused: [['wasm-bindgen-macro'], ['wasm-bindgen-shared'], ['wasm-bindgen'], ['js-sys'], ['web-sys']],
  },
  {
    needs: { ...web, 'wasm-bindgen-futures': '0.4' },
    refused: [['wasm-bindgen-macro-support'], ['wasm-bindgen'], ['js-sys'], ['wasm-bindgen-futures']],
  },
  {
    needs: { tracing: '0.1', async_stream: { package: 'async-stream', version: '0.3' } },
    refused: [['async-stream-impl']],
  },
];

const listings = new Map<string, Promise<readonly ListedRelease[]>>();

/** Every release of a crate, as if no line had anything against it. */
function releasesOf(crate: string): Promise<readonly ListedRelease[]> {
  const known = listings.get(crate) ?? fetchReleases(crate);
  listings.set(crate, known);
  return known;
}

async function fetchReleases(crate: string): Promise<readonly ListedRelease[]> {
  const answer = await fetch(registry + indexPath(crate));
  assert.ok(answer.ok, `${crate}: ${answer.status}`);
  const { lines } = splitIndexFile(new Uint8Array(await answer.arrayBuffer()));
  return lines.map(({ text }) => {
    const { vers: version, yanked } = parseIndexLine(text);
    return { version, yanked, state: 'promoted', passesByLine: true, dependencies: dependenciesOf(text) };
  });
}

async function project(t: TestContext, needs: Readonly<Record<string, unknown>>) {
  const cwd = folder(t);
  const lines = Object.entries(needs).map(([name, need]) =>
    typeof need === 'string'
      ? `${name} = "${need}"`
      : `${name} = { ${Object.entries(need as object)
          .map(([key, value]) => `${key} = ${JSON.stringify(value)}`)
          .join(', ')} }`,
  );
  writeFileSync(join(cwd, 'Cargo.toml'), manifest(lines.join('\n')));
  mkdirSync(join(cwd, 'src'));
  writeFileSync(join(cwd, 'src/main.rs'), 'fn main() {}\n');
  const cargo = (...args: readonly string[]) => run('cargo', args, { cwd, env });
  const made = await cargo('generate-lockfile');
  assert.equal(made.code, 0, made.stderr);
  const path = join(cwd, 'Cargo.lock');
  const first = readFileSync(path, 'utf8');
  return {
    cargo,
    lockfile: () => readFileSync(path, 'utf8'),
    reset: () => writeFileSync(path, first),
  };
}

/** The lines for the locked releases of some crates, where every other release may be used. */
async function linesFor(
  lockfile: string,
  needs: Readonly<Record<string, unknown>>,
  refused: readonly string[],
) {
  const { packages } = parseLockfile(lockfile);
  const failing = packages.flatMap(({ name }, index) => (refused.includes(name) ? [index] : []));
  assert.equal(failing.length, refused.length, `${refused} in the lockfile`);
  const bad = new Set(failing.map((index) => `${packages[index]?.name} ${packages[index]?.version}`));
  const nodes = await Promise.all(
    packages.map(async (pkg) => ({
      crate: pkg.name,
      version: pkg.version,
      source: pkg.source?.text,
      needs:
        pkg.source === undefined
          ? Object.entries(needs).map(([name, need]) => {
              const { package: crate = name, version: requirement } =
                typeof need === 'string'
                  ? { version: need }
                  : (need as { package?: string; version: string });
              return { crate, requirement, optional: false };
            })
          : (await releasesOf(pkg.name)).find(({ version }) => version === pkg.version)?.dependencies,
      dependencies: pkg.dependencies,
    })),
  );
  const { lines } = await waysOut(nodes, [...nodes.keys()], new Set(failing), {
    releases: releasesOf,
    allows: async (crate, version) => !bad.has(`${crate} ${version}`),
  });
  return { lines, bad };
}

describe('siblings that require each other exactly', { timeout: 10 * 60_000 }, () => {
  for (const { needs, refused } of cases)
    it(Object.keys(needs).join(', '), async (t) => {
      const { cargo, lockfile, reset } = await project(t, needs);
      for (const crates of refused) {
        reset();
        const { lines, bad } = await linesFor(lockfile(), needs, crates);
        const about = `${[...bad].join(', ')}: ${lines.join('; ')}`;
        assert.notEqual(lines.length, 0, about);
        for (const line of lines) {
          const ran = await cargo(...line.replaceAll("'", '').split(' ').slice(1));
          assert.equal(ran.code, 0, `${about}\n${ran.stderr}`);
        }
        assert.deepEqual(
          lockedReleases(lockfile()).filter((release) => bad.has(release)),
          [],
          about,
        );
        console.log(about);
      }
    });
});
