/** What a server writes into the statements of a build before it signs them, and what it does not sign. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { jobIn } from '../../src/attest/provenance.ts';
import { sourceIn } from '../../src/attest/source.ts';
import { predicates, statement } from '../../src/attest/statement.ts';
import { type Vouched, vouchedStatements } from '../../src/attest/vouched.ts';

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
const about = (digit: string) => [
  { name: 'app', digest: { sha256: digit.repeat(64), sha512: digit.repeat(128) } },
];
const job = { issuer: 'https://ci.invalid', claims: { repository_id: '11' } };
const [own, other] = ['b'.repeat(40), 'c'.repeat(40)];
const vouched: Vouched = {
  builder: 'https://crates.invalid/builder',
  job,
  source: { repository: 'https://git.invalid/org/app', commit: own },
};

interface Made {
  readonly digit?: string;
  readonly sources?: readonly object[];
  readonly more?: object;
  readonly definition?: object;
}

/** As a build has it, with a job of its own invention. */
function provenance({ digit = 'a', sources, more = {}, definition = {} }: Made = {}): string {
  return JSON.stringify(
    statement(about(digit), predicates.provenance, {
      buildDefinition: {
        buildType: 'urn:safeguard:build:cargo:1',
        externalParameters: { command: ['cargo', 'build'] },
        internalParameters: {
          sandbox: { kind: 'bubblewrap' },
          job: { issuer: 'x', claims: { repository_id: '99' } },
        },
        resolvedDependencies: [
          ...(sources ?? [
            {
              name: 'source',
              uri: 'git+https://git.invalid/org/other',
              digest: { gitCommit: own },
              annotations: { dirty: true },
            },
          ]),
          { name: 'serde 1.0.0', uri: 'pkg:cargo/serde@1.0.0' },
        ],
        ...definition,
      },
      runDetails: { builder: { id: 'https://ci.invalid/forged', version: { safeguard: '1' } }, metadata: {} },
      ...more,
    }),
  );
}

const verdict = (of: string, digit = 'a') =>
  JSON.stringify(
    statement(about(digit), predicates.verdict, {
      policy: { digest: { sha256: 'd'.repeat(64) } },
      inputAttestations: [{ name: 'app.provenance.sigstore.json', digest: { sha256: sha256(of) } }],
      verificationResult: 'PASSED',
    }),
  );

const sbom = (digit = 'a') =>
  JSON.stringify(statement(about(digit), predicates.sbom, { bomFormat: 'CycloneDX' }));

test('who built it, whose job it was and of which repository is the server’s word; the verdict goes by that', () => {
  const brought = [verdict(provenance()), provenance(), sbom()];
  const [summary, made, document] = vouchedStatements(brought, vouched);
  assert.ok(made && summary && document);
  const { predicate } = made as {
    predicate: { runDetails: object; buildDefinition: { externalParameters: object } };
  };
  assert.deepEqual(predicate.runDetails, {
    builder: { id: vouched.builder, version: { safeguard: '1' } },
    metadata: {},
  });
  assert.deepEqual(jobIn(predicate), job);
  assert.deepEqual(sourceIn(predicate), {
    repository: 'https://git.invalid/org/app',
    commit: own,
    dirty: true,
  });
  assert.deepEqual(predicate.buildDefinition.externalParameters, { command: ['cargo', 'build'] });
  assert.deepEqual((summary.predicate as { inputAttestations: object }).inputAttestations, [
    { name: 'app.provenance.sigstore.json', digest: { sha256: sha256(JSON.stringify(made)) } },
  ]);
  assert.equal(JSON.stringify(document), sbom());
});

test('a CI that does not say what its jobs are of leaves the source as the build has it', () => {
  const [made] = vouchedStatements([provenance()], { ...vouched, source: undefined });
  assert.equal(sourceIn(made?.predicate)?.repository, 'https://git.invalid/org/other');
});

test('what is of another commit, of nothing, of no build or of other bytes is not signed', () => {
  const source = (commit: unknown) => ({ name: 'source', digest: { gitCommit: commit } });
  const table: readonly (readonly [name: string, texts: readonly string[], says: RegExp])[] = [
    [
      'another commit',
      [provenance({ sources: [source(other)] })],
      /from the commit cccccccccccc, and its job is of bbb/,
    ],
    ['no commit', [provenance({ sources: [source(undefined)] })], /from no commit/],
    ['no source', [provenance({ sources: [] })], /from no commit/],
    ['two sources', [provenance({ sources: [source(own), source(other)] })], /its job is of/],
    [
      'another kind of build',
      [provenance({ definition: { buildType: 'https://x.invalid' } })],
      /no build of the kind/,
    ],
    ['no list', [provenance({ definition: { resolvedDependencies: {} } })], /is no list/],
    ['no builder', [provenance({ more: { runDetails: {} } })], /builder is missing/],
    ['an SBOM alone', [sbom()], /no provenance of these/],
    ['an SBOM of other bytes', [provenance(), sbom('e')], /no provenance of these/],
    [
      'a verdict by another provenance',
      [provenance(), verdict(provenance({ digit: 'e' }))],
      /names another provenance/,
    ],
    ['a verdict of other bytes', [provenance(), verdict(provenance(), 'e')], /no provenance of these/],
    [
      'a verdict by none',
      [provenance(), JSON.stringify(statement(about('a'), predicates.verdict, { inputAttestations: [] }))],
      /names no provenance/,
    ],
    [
      'another kind of statement',
      [provenance(), JSON.stringify(statement(about('a'), 'https://slsa.dev/provenance/v0.2', {}))],
      /v0\.2 are not signed/,
    ],
    ['about nothing', [JSON.stringify(statement([], predicates.provenance, {}))], /missing|about nothing/],
    [
      'without a SHA-256',
      [
        JSON.stringify({
          ...JSON.parse(provenance()),
          subject: [{ name: 'app', digest: { sha1: 'a'.repeat(40) } }],
        }),
      ],
      /without a SHA-256/,
    ],
    ['no statement', ['{}'], /no in-toto statement/],
    ['no JSON', ['x'], /no JSON/],
    [
      'no predicate',
      [JSON.stringify(statement(about('a'), predicates.provenance, null))],
      /the predicate is missing/,
    ],
  ];
  for (const [name, texts, message] of table)
    assert.throws(() => vouchedStatements(texts, vouched), { code: 'attest/statement', message }, name);
});
