/**
 * The CSAF and OpenVEX documents that we write, judged by others: the validator of npm's that has CSAF's strict schema
 * and the tests that its standard calls mandatory, and PyPI's model of OpenVEX. Part of `./test --all`.
 */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { dirname } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { readVex, writeVex } from '../../src/bom/vex/document.ts';
import { type VexStatement, vexJustifications } from '../../src/bom/vex/statement.ts';
import { npmPeer, PeerMissing, pythonPackage } from '../support/peers.ts';

const writing = {
  author: 'Example Org',
  namespace: 'https://safeguard.example',
  at: '2026-09-01T12:00:00.000Z',
  version: '0.0.0',
};
const web = { project: 'https://git.example/shop', target: 'x86_64-unknown-linux-gnu', name: 'web' };
const said: VexStatement = {
  advisory: 'RUSTSEC-2026-9001',
  aliases: ['CVE-2026-0301'],
  release: 'pkg:cargo/deep@1.0.0%2Bc.1',
  product: web,
  status: 'not_affected',
  justification: 'vulnerable_code_not_in_execute_path',
  impact: 'Nobody calls the parser.',
  author: 'anna',
  stated: '2026-08-30T10:00:00.000Z',
  until: '2027-01-01T00:00:00.000Z',
};
const bare = { ...said, justification: undefined, impact: undefined };
const affected: VexStatement = { ...bare, status: 'affected', action: 'Take 1.0.1.' };

const documents: Readonly<Record<string, readonly VexStatement[]>> = {
  'each justification': vexJustifications.map((justification) => ({
    ...said,
    justification,
    product: { ...web, name: justification },
  })),
  'each status': [
    said,
    { ...said, justification: undefined, product: { ...web, name: 'worker' } },
    { ...affected, product: { name: 'lone', sha256: 'ab'.repeat(32) } },
    { ...bare, release: 'pkg:cargo/other@2.0.0', status: 'fixed' },
    { ...bare, advisory: 'GHSA-aaaa-bbbb-cccc', aliases: [], status: 'under_investigation' },
  ],
  'what was said twice': [
    { ...affected, stated: '2026-08-01T00:00:00.000Z' },
    said,
    { ...said, justification: 'component_not_present', stated: '2026-08-31T00:00:00.000Z' },
  ],
  'one advisory with and without its CVE': [
    said,
    { ...said, aliases: [], product: { ...web, name: 'worker' } },
  ],
  'an advisory with two CVEs': [{ ...said, aliases: ['CVE-2026-0302', 'CVE-2026-0303'] }],
  nothing: [],
};

type CsafTest = (document: unknown) => unknown;
interface CsafResult {
  readonly isValid: boolean;
  readonly tests: readonly { readonly name: string; readonly errors: readonly unknown[] }[];
}

describe('documents on vulnerabilities', { timeout: 10 * 60_000 }, () => {
  it('are CSAF 2.0 by its strict schema and mandatory tests', async (t) => {
    const part = async (file: string) => {
      const name = `@secvisogram/csaf-validator-lib`;
      return await fetched(t, async () => (await npmPeer(name, '2.0.10', file)) as Record<string, unknown>);
    };
    const judge = await part('validate.js');
    const schemas = await part('schemaTests.js');
    const mandatory = await part('mandatoryTests.js');
    if (judge === undefined || schemas === undefined || mandatory === undefined) return;
    const validate = judge.default as (tests: readonly CsafTest[], document: unknown) => Promise<CsafResult>;
    const tests = [schemas.csaf_2_0_strict, ...Object.values(mandatory)] as readonly CsafTest[];
    assert.ok(tests.length > 40);
    for (const [name, statements] of Object.entries(documents)) {
      const result = await validate(tests, JSON.parse(writeVex('csaf', statements, writing)));
      const wrong = result.tests.filter(({ errors }) => errors.length > 0);
      assert.ok(result.isValid, `${name}: ${JSON.stringify(wrong)}`);
    }
    assert.equal((await validate(tests, { document: {} })).isValid, false);
  });

  it('are read in CSAF 2.1, too, as its strict schema has it', async (t) => {
    const part = async (file: string) => {
      const name = `@secvisogram/csaf-validator-lib`;
      return await fetched(t, async () => (await npmPeer(name, '2.0.10', file)) as Record<string, unknown>);
    };
    const judge = await part('validate.js');
    const schemas = await part('csaf_2_1/schemaTests.js');
    if (judge === undefined || schemas === undefined) return;
    const validate = judge.default as (tests: readonly CsafTest[], document: unknown) => Promise<CsafResult>;
    for (const [name, statements] of Object.entries(documents)) {
      if (statements.length === 0) continue;
      const text = writeVex('csaf', statements, writing);
      const newer = inCsaf21(JSON.parse(text));
      const { isValid, tests } = await validate([schemas.csaf_2_1_strict as CsafTest], newer);
      assert.ok(isValid, `${name}: ${JSON.stringify(tests)}`);
      const read = readVex(JSON.stringify(newer));
      assert.deepEqual(read.statements, readVex(text).statements, name);
      assert.ok(read.statements.length > 0);
    }
  });

  it('are OpenVEX as its model in Python has it', async (t) => {
    const folder = await fetched(t, () => pythonPackage('vexipy', '0.3.0', 'vexipy'));
    if (folder === undefined) return;
    const code = 'import sys, vexipy; print(len(vexipy.Document.from_json(sys.stdin.read()).statements))';
    const judged = (input: string) =>
      execFileSync('python3', ['-c', code], {
        input,
        env: { ...process.env, PYTHONPATH: dirname(folder) },
        stdio: 'pipe',
      })
        .toString()
        .trim();
    for (const [name, statements] of Object.entries(documents)) {
      const text = writeVex('openvex', statements, writing);
      assert.equal(judged(text), String(JSON.parse(text).statements.length), name);
    }
    assert.throws(() => judged(writeVex('openvex', [said], writing).replace('not_affected', 'fine')));
  });
});

interface Csaf20 {
  readonly document: object;
  readonly product_tree: {
    readonly full_product_names: readonly {
      readonly product_identification_helper: { readonly purl: string };
    }[];
  };
  readonly vulnerabilities: readonly object[];
}

/** A document of CSAF 2.0 as 2.1 has it: with its schema, a label of who may have it, and purls in lists. */
function inCsaf21({ document, product_tree, vulnerabilities }: Csaf20): object {
  return {
    $schema: 'https://docs.oasis-open.org/csaf/csaf/v2.1/schema/csaf.json',
    document: { ...document, csaf_version: '2.1', distribution: { tlp: { label: 'CLEAR' } } },
    product_tree: {
      ...product_tree,
      full_product_names: product_tree.full_product_names.map(
        ({ product_identification_helper: { purl, ...helper }, ...product }) => ({
          ...product,
          product_identification_helper: { ...helper, purls: [purl] },
        }),
      ),
    },
    vulnerabilities,
  };
}

async function fetched<T>(t: TestContext, bring: () => Promise<T>): Promise<T | undefined> {
  try {
    return await bring();
  } catch (error) {
    if (!(error instanceof PeerMissing)) throw error;
    t.skip(error.message);
    return undefined;
  }
}
