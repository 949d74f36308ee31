/**
 * The resolver against cargo-vet itself: on invented stores and graphs, on the stores of real projects, and on the
 * applications of the corpus that ship theirs. Part of `./test --all`; builds cargo-vet once.
 */
import assert from 'node:assert/strict';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { before, describe, it } from 'node:test';
import fc from 'fast-check';
import { parse, stringify } from 'smol-toml';
import { checkPolicies } from '../../src/facts/vet/check.ts';
import { readStore } from '../../src/facts/vet/store.ts';
import { corpus, corpusFolder } from '../support/corpus.ts';
import { peer } from '../support/peers.ts';
import { vetCase } from '../support/vet-cases.ts';
import { askAbout, cargoVetVersion, filesOf, ownAnswer, problemsOf } from '../support/vet-oracle.ts';
import { randomFrom, storeGraph } from '../support/vet-store-graphs.ts';
import { askCargoVet, fetchDependencies, formatStore, packagesOf } from '../support/vet-workspace.ts';

const stores = join(import.meta.dirname, '../../../shared/data/vet/stores');
const seed = Number(process.env.SAFEGUARD_SEED ?? 20260821);
const today = new Date().toISOString().slice(0, 10);

describe(`cargo-vet ${cargoVetVersion}`, { timeout: 60 * 60_000 }, () => {
  let program = '';
  before(async () => {
    program = await peer('cargo-vet', cargoVetVersion);
  });

  it(`says the same of 150 invented stores (seed ${seed})`, async (t) => {
    const seen = new Map<string, number>();
    for (const [index, each] of fc.sample(vetCase, { seed, numRuns: 150 }).entries()) {
      const { packages, store, answer } = await askAbout(each, program);
      assert.deepEqual(ownAnswer(packages, store), answer, `case ${index}`);
      assert.deepEqual(problemsOf(store, today), [], `case ${index}`);
      const { conclusion = 'error' } = answer as { conclusion?: string };
      seen.set(conclusion, (seen.get(conclusion) ?? 0) + 1);
    }
    t.diagnostic(JSON.stringify(Object.fromEntries(seen)));
    assert.deepEqual([...seen.keys()].sort(), ['fail (vetting)', 'fail (violation)', 'success']);
  });

  for (const name of ['libprio-rs', 'spin', 'wasmtime']) {
    it(`says the same of graphs over the store of ${name}`, async (t) => {
      const folder = join(stores, name);
      if (!existsSync(folder)) return t.skip('there is no ../shared/data');
      const read = (file: string) => readFileSync(join(folder, file), 'utf8');
      const texts = {
        audits: read('audits.toml'),
        config: read('config.toml'),
        imports: read('imports.lock'),
      };
      const { store, problems } = readStore(filesOf(texts));
      assert.deepEqual(problems, []);
      const random = randomFrom(seed);
      for (let graph = 0; graph < 4; graph++) {
        const asked = await askAbout({ packages: storeGraph(store, 150, random), store: texts }, program);
        assert.deepEqual(ownAnswer(asked.packages, asked.store), asked.answer, `graph ${graph}`);
        const { failures = [] } = asked.answer as { failures?: unknown[] };
        t.diagnostic(`${asked.packages.length} packages, ${failures.length} failures`);
      }
    });
  }

  it('says the same of every application of the corpus that ships a store', async (t) => {
    const compared: string[] = [];
    for (const each of corpus()) {
      const shipped = await corpusFolder(each);
      if (!existsSync(join(shipped, 'supply-chain/config.toml'))) continue;
      const dir = mkdtempSync(join(tmpdir(), 'safeguard-vet-'));
      try {
        cpSync(shipped, dir, { recursive: true });
        await fetchDependencies(dir);
        const read = (file: string) => readFileSync(join(dir, 'supply-chain', file), 'utf8');
        const texts = {
          audits: read('audits.toml'),
          config: read('config.toml'),
          imports: read('imports.lock'),
        };
        let store = await formatStore(dir, program, texts);
        let answer = await askCargoVet(dir, program);
        const packages = await packagesOf(dir);
        const misfits = checkPolicies(readStore(filesOf(store)).store, packages).map(({ crate }) => crate);
        assert.deepEqual(cratesInError(answer), [...new Set(misfits)].sort(), each.name);
        if (misfits.length > 0) {
          // It judges no further with a policy that does not fit; without it, it does.
          store = await formatStore(dir, program, {
            ...store,
            config: withoutPolicies(store.config, misfits),
          });
          answer = await askCargoVet(dir, program);
        }
        assert.deepEqual(ownAnswer(packages, store), answer, each.name);
        compared.push(`${each.name}: ${(answer as { conclusion: string }).conclusion}`);
      } finally {
        rmSync(dir, { recursive: true, force: true });
      }
    }
    t.diagnostic(compared.join(', '));
    if (compared.length === 0) t.skip('no corpus here');
  });
});

/** The crates that cargo-vet finds fault with when policies do not fit the graph. */
function cratesInError(answer: unknown): string[] {
  const { error } = answer as { error?: { related?: { message: string }[] } };
  const lines = (error?.related ?? []).flatMap(({ message }) => message.split('\n').slice(1));
  return [...new Set(lines.map((line) => line.trim().split(':')[0] ?? ''))].sort();
}

function withoutPolicies(config: string, crates: readonly string[]): string {
  const { policy = {}, ...rest } = parse(config) as { policy?: Record<string, unknown> };
  const kept = Object.entries(policy).filter(([key]) => !crates.includes(key.split(':')[0] ?? ''));
  return stringify({ ...rest, policy: Object.fromEntries(kept) });
}
