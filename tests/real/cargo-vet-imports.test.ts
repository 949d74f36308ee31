/**
 * How other organisations' audits are taken over, against cargo-vet: it fetches what a server here publishes, and has
 * to come to the conclusion that the resolver draws from the same files. Part of `./test --all`.
 */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { it } from 'node:test';
import fc from 'fast-check';
import { stringify } from 'smol-toml';
import { vetGraph } from '../../src/facts/vet/packages.ts';
import { reportJson } from '../../src/facts/vet/report.ts';
import { resolve } from '../../src/facts/vet/resolve.ts';
import { readStore } from '../../src/facts/vet/store.ts';
import { peer } from '../support/peers.ts';
import { cargoVetVersion } from '../support/vet-oracle.ts';
import {
  askCargoVet,
  formatStore,
  packagesOf,
  regenerateImports,
  writeWorkspace,
} from '../support/vet-workspace.ts';

const seed = Number(process.env.SAFEGUARD_SEED ?? 20260821);
const theirs = ['safe-to-run', 'safe-to-deploy', 'deep', 'fuzzed', 'nonsense'];
const ours = ['safe-to-run', 'safe-to-deploy', 'strict'];
const versions = ['0.9.0', '1.0.0', '1.1.0'];

const criteria = (names: readonly string[]) => fc.subarray([...names], { minLength: 1, maxLength: 2 });
const audit = fc
  .record({
    criteria: criteria(theirs),
    what: fc.oneof(
      fc.constantFrom(...versions).map((version) => ({ version })),
      fc
        .tuple(fc.constantFrom(...versions), fc.constantFrom(...versions))
        .map(([from, to]) => ({ delta: `${from} -> ${to}` })),
      { weight: 5, arbitrary: fc.constant({ version: '1.0.0' }) },
      // No violations: cargo-vet locks only the audits that it needs, so one that contradicts may be gone.
      fc.constant({ version: 'nonsense' }),
    ),
    importable: fc.nat(5).map((n) => n > 0),
  })
  .map(({ criteria, what, importable }) => ({ criteria, ...what, ...(importable ? {} : { importable }) }));
const published = fc.record({
  criteria: fc.record({
    deep: fc.record({
      description: fc.constant('d'),
      implies: fc.subarray(['safe-to-deploy', 'fuzzed', 'unheard-of']),
    }),
    fuzzed: fc.record({ description: fc.constant('d'), implies: fc.subarray(['safe-to-run']) }),
  }),
  audits: fc.record({
    a: fc.array(audit, { minLength: 1, maxLength: 4 }),
    b: fc.array(audit, { minLength: 1, maxLength: 4 }),
  }),
});
const rules = fc.record(
  {
    exclude: fc.constant(['b']),
    'criteria-map': fc
      .uniqueArray(
        fc.tuple(fc.constantFrom('safe-to-run', 'safe-to-deploy', 'deep', 'fuzzed'), fc.subarray(ours)),
        {
          selector: ([name]) => name,
        },
      )
      .map((list) => Object.fromEntries(list)),
  },
  { requiredKeys: [] },
);
const peers = fc.array(fc.record({ published, rules }), { minLength: 1, maxLength: 2 });

it(`takes audits over as cargo-vet does (seed ${seed})`, { timeout: 30 * 60_000 }, async (t) => {
  const program = await peer('cargo-vet', cargoVetVersion);
  const texts = new Map<string, string>();
  const server = createServer((request, response) => {
    const text = texts.get(request.url ?? '');
    response.writeHead(text === undefined ? 404 : 200).end(text);
  }).listen(0, '127.0.0.1');
  await new Promise((done) => server.once('listening', done));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const dir = mkdtempSync(join(tmpdir(), 'safeguard-vet-'));
  const seen = new Map<string, number>();
  try {
    const releases = ['a', 'b'].map((name) => ({ name, version: '1.0.0', from: 'crates.io' as const }));
    const dependencies = releases.map(({ name, version }) => ({ name, version, kind: 'normal' as const }));
    writeWorkspace(dir, [
      { name: 'app', version: '0.1.0', from: 'workspace', dependencies },
      ...releases.map((each) => ({ ...each, dependencies: [] })),
    ]);
    const packages = await packagesOf(dir);
    const demands = ['safe-to-run', 'safe-to-deploy', 'strict'];
    for (const [index, each] of fc.sample(peers, { seed, numRuns: 60 }).entries()) {
      const names = each.map((_, at) => `p${at}`);
      for (const [at, { published }] of each.entries())
        texts.set(`/${index}/p${at}.toml`, stringify(published));
      const imports = Object.fromEntries(
        each.map(({ rules }, at) => [`p${at}`, { url: `${url}/${index}/p${at}.toml`, ...rules }]),
      );
      const policy = { app: { criteria: [demands[index % 3]] } };
      const store = {
        audits: '[criteria.strict]\ndescription = "d"\nimplies = "safe-to-deploy"\n[audits]\n',
        config: stringify({ 'cargo-vet': { version: '0.10' }, imports, policy }),
        imports: '[audits]\n',
      };
      const formatted = await formatStore(dir, program, store);
      await regenerateImports(dir, program);
      const answer = await askCargoVet(dir, program);
      const live = new Map(
        names.map((name) => [name, [{ file: name, text: texts.get(`/${index}/${name}.toml`) ?? '' }]]),
      );
      const file = (name: string, text: string) => ({ file: name, text });
      const read = readStore({
        audits: file('audits.toml', formatted.audits),
        config: file('config.toml', formatted.config),
        live,
      });
      const own = reportJson(resolve(vetGraph(packages, read.store.policies), read.store));
      const said = readFileSync(join(dir, 'supply-chain/imports.lock'), 'utf8');
      assert.deepEqual(JSON.parse(JSON.stringify(own)), answer, `case ${index}\n${said}`);
      const { conclusion = 'error' } = answer as { conclusion?: string };
      seen.set(conclusion, (seen.get(conclusion) ?? 0) + 1);
    }
    t.diagnostic(JSON.stringify(Object.fromEntries(seen)));
    assert.ok(seen.has('success') && seen.has('fail (vetting)'));
  } finally {
    server.close();
    rmSync(dir, { recursive: true, force: true });
  }
});
