/** What `safeguard verify --policy` lets through: by key, or by certificates as GitHub's attestations have them; offline. */
import assert from 'node:assert/strict';
import { createHash, generateKeyPairSync } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { bundleText } from '../../src/attest/bundle.ts';
import { signEnvelope } from '../../src/attest/dsse.ts';
import { readSigner } from '../../src/attest/keys.ts';
import { payloadType, type Statement, statement } from '../../src/attest/statement.ts';
import { folder, safeguard } from '../cli/support.ts';
import { testSigstore } from '../support/sigstore.ts';

const bytes = Buffer.from('the program');
const digest = { sha256: createHash('sha256').update(bytes).digest('hex') };
const slsa = 'https://slsa.dev/provenance/v1';
const runner = 'https://github.com/actions/runner/github-hosted';

/** As `actions/attest-build-provenance` has it. */
function gitHub(repository = 'https://github.com/org/app'): Statement {
  return statement([{ name: 'app', digest }], slsa, {
    buildDefinition: {
      buildType: 'https://actions.github.io/buildtypes/workflow/v1',
      externalParameters: {
        workflow: { ref: 'refs/heads/main', repository, path: '.github/workflows/release.yml' },
      },
      internalParameters: { github: { event_name: 'push', repository_id: '11', repository_owner_id: '22' } },
      resolvedDependencies: [
        { uri: `git+${repository}@refs/heads/main`, digest: { gitCommit: 'a'.repeat(40) } },
      ],
    },
    runDetails: { builder: { id: runner }, metadata: { invocationId: `${repository}/actions/runs/1` } },
  });
}

/** As a build of ours has it. */
function own(
  more: {
    readonly dirty?: boolean;
    readonly sandbox?: string;
    readonly limits?: string;
    readonly byproducts?: unknown;
  } = {},
): Statement {
  return statement([{ name: 'app', digest }], slsa, {
    buildDefinition: {
      buildType: 'urn:safeguard:build:cargo:1',
      externalParameters: {},
      internalParameters: {
        sandbox: { kind: more.sandbox ?? 'bubblewrap' },
        limits: { kind: more.limits ?? 'cgroup' },
      },
      resolvedDependencies: [
        {
          name: 'source',
          uri: 'git+https://git.corp.example/org/app.git',
          digest: { gitCommit: 'b'.repeat(40) },
          ...(more.dirty === true ? { annotations: { dirty: true } } : {}),
        },
        { name: 'other', uri: 'git+https://github.com/org/app' },
      ],
    },
    runDetails: { builder: { id: 'urn:safeguard:builder:local' }, byproducts: more.byproducts ?? [] },
  });
}

const sha256Of = (text: string) => createHash('sha256').update(text).digest('hex');

/** What a second build came to. */
const again = (same: unknown) => ({ name: 'reproduced.json', annotations: { same } });

const verdict = (policy: string, result = 'PASSED', by?: Statement) =>
  statement([{ name: 'app', digest }], 'https://slsa.dev/verification_summary/v1', {
    policy: { digest: { sha256: policy } },
    verificationResult: result,
    ...(by === undefined
      ? {}
      : { inputAttestations: [{ digest: { sha256: sha256Of(JSON.stringify(by)) } }] }),
  });

function place(t: TestContext, policy: string, bundles: readonly string[]) {
  const dir = folder(t, { 'release.toml': policy, 'bundles.jsonl': `${bundles.join('\n')}\n` });
  writeFileSync(join(dir, 'app'), bytes);
  return {
    dir,
    verify: async (...more: readonly string[]) => {
      const words = [
        'verify',
        'app',
        '--policy',
        'release.toml',
        '--bundle',
        'bundles.jsonl',
        '--format',
        'json',
        ...more,
      ];
      const ran = await safeguard(words, { cwd: dir, env: { https_proxy: 'http://127.0.0.1:1' } });
      if (ran.stdout === '') return { code: ran.code, problems: [ran.stderr] };
      const { findings } = JSON.parse(ran.stdout) as { findings: { problem: string | null }[] };
      return { code: ran.code, problems: findings.flatMap(({ problem }) => problem ?? []) };
    },
  };
}

const identities =
  'identities = [{ issuer = "https://token.actions.githubusercontent.com", repository-id = "11", owner-id = "22" }]\n';

test('GitHub’s attestations count for the repository that a policy names by its number, and for no other', async (t) => {
  const [sigstore, other] = [testSigstore(t), testSigstore(t)];
  const policy = `[verify]\nrequire = ["provenance"]\nbuilders = ["${runner}"]\nsources = ["https://github.com/org/app"]\nclean-source = true\n${identities}`;
  const good = sigstore.bundle(gitHub());
  const altered = good.replace(/"payload":"(.)/, (_, first) => `"payload":"${first === 'e' ? 'f' : 'e'}`);
  const unlogged = JSON.stringify({
    ...JSON.parse(good),
    verificationMaterial: { ...JSON.parse(good).verificationMaterial, tlogEntries: [] },
  });
  const dayOff = Math.floor(Date.now() / 1000) + 2 * 86_400;
  const table: readonly (readonly [string, readonly string[], RegExp | undefined])[] = [
    ['as it is', [good], undefined],
    ['beside another that counts', [good, good], undefined],
    ['one bit of the statement', [altered], /does not vouch for it/],
    ['of another authority', [other.bundle(gitHub())], /does not vouch for it/],
    ['in no log', [unlogged], /does not vouch for it/],
    [
      'logged when the certificate was over',
      [sigstore.bundle(gitHub(), { logged: dayOff })],
      /does not vouch for it/,
    ],
    [
      'another repository',
      [sigstore.bundle(gitHub(), { repositoryId: '12' })],
      /repository-id 12\) signed it, which \[verify\] identities does not name/,
    ],
    [
      'the next owner of the name',
      [sigstore.bundle(gitHub(), { ownerId: '23' })],
      /identities does not name/,
    ],
    [
      'another issuer',
      [sigstore.bundle(gitHub(), { issuer: 'https://gitlab.invalid' })],
      /identities does not name/,
    ],
    [
      'another source in the statement',
      [sigstore.bundle(gitHub('https://github.com/org/app2'))],
      /\[verify\] sources does not name/,
    ],
    ['a name that goes on', [sigstore.bundle(gitHub('https://github.com/org/app@x'))], /./],
    ['another beside a good one', [good, other.bundle(gitHub())], /does not vouch for it/],
    ['none', ['{}'], /no Sigstore bundle|no provenance/],
  ];
  for (const [name, bundles, says] of table) {
    const at = place(t, policy, bundles);
    writeFileSync(join(at.dir, 'root.json'), sigstore.root);
    const { code, problems } = await at.verify('--trusted-root', 'root.json');
    assert.equal(code, says === undefined ? 0 : 1, `${name}: ${problems.join('; ')}`);
    if (says !== undefined) assert.match(problems.join('; '), says, name);
  }
});

test('a policy says what must be signed, by whom, of what and how', async (t) => {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const signer = readSigner(privateKey.export({ type: 'pkcs8', format: 'pem' }) as string);
  const bundle = (one: Statement) =>
    bundleText(signEnvelope(payloadType, Buffer.from(JSON.stringify(one)), signer)).trim();
  const known = 'c'.repeat(64);
  const table: readonly (readonly [policy: string, readonly Statement[], RegExp | undefined])[] = [
    ['require = ["provenance"]', [own()], undefined],
    ['require = ["provenance", "verdict"]', [own()], /no verdict was signed/],
    ['', [own(), verdict(known)], /no sbom was signed/],
    ['require = ["verdict"]', [verdict(known)], undefined],
    [`require = ["verdict"]\npolicies = ["${known}"]`, [verdict(known)], undefined],
    [
      `require = ["verdict"]\npolicies = ["${'d'.repeat(64)}"]`,
      [verdict(known)],
      /\[verify\] policies does not name/,
    ],
    ['require = ["verdict"]', [verdict(known, 'FAILED')], /and not allow/],
    ['require = ["provenance"]\nbuilders = ["urn:safeguard:builder:local"]', [own()], undefined],
    [
      'require = ["provenance"]\nbuilders = ["https://ci.corp.example"]',
      [own()],
      /\[verify\] builders does not name/,
    ],
    ['require = ["provenance"]\nsources = ["https://git.corp.example/org/app"]', [own()], undefined],
    // A dependency is no source.
    [
      'require = ["provenance"]\nsources = ["https://github.com/org/app"]',
      [own()],
      /\[verify\] sources does not name/,
    ],
    ['require = ["provenance"]\nclean-source = true', [own()], undefined],
    [
      'require = ["provenance"]\nclean-source = true',
      [own({ dirty: true })],
      /clean-source wants a commit as it is/,
    ],
    ['require = ["provenance"]\nsandbox = true', [own()], undefined],
    ['require = ["provenance"]\nsandbox = true', [own({ sandbox: 'none' })], /\[verify\] sandbox wants both/],
    ['require = ["provenance"]\nsandbox = true', [own({ limits: 'none' })], /\[verify\] sandbox wants both/],
    ['require = ["provenance"]\nsandbox = true', [gitHub()], /\[verify\] sandbox wants both/],
    ['require = ["provenance"]\nreproduced = true', [own({ byproducts: [again(true)] })], undefined],
    ['require = ["provenance"]', [own({ byproducts: [again(false)] })], undefined],
    ['require = ["provenance"]\nreproduced = true', [own()], /it was not built again/],
    [
      'require = ["provenance"]\nreproduced = true',
      [own({ byproducts: [again(false)] })],
      /it was built again, with other bytes; \[verify\] reproduced wants/,
    ],
    [
      'require = ["provenance"]\nreproduced = true',
      [own({ byproducts: [again(true), again('yes')] })],
      /with other bytes/,
    ],
    [
      'require = ["provenance"]\nreproduced = true',
      [own({ byproducts: [{ name: 'other.json', annotations: { same: true } }] })],
      /not built again/,
    ],
    ['require = ["provenance"]\nreproduced = true', [own({ byproducts: 'none' })], /not built again/],
    // What is asked of a statement wants that statement.
    ['require = ["verdict"]\nbuilders = ["x"]', [verdict(known)], /no provenance was signed/],
    [
      'require = ["verdict"]\nsources = ["https://x.invalid/x"]',
      [verdict(known)],
      /no provenance was signed/,
    ],
    ['require = ["verdict"]\nclean-source = true', [verdict(known)], /no provenance was signed/],
    ['require = ["verdict"]\nsandbox = true', [verdict(known)], /no provenance was signed/],
    ['require = ["verdict"]\nreproduced = true', [verdict(known)], /no provenance was signed/],
    ['require = ["verdict"]\njobs = [{ iss = "x" }]', [verdict(known)], /no provenance was signed/],
    [`require = ["provenance"]\npolicies = ["${known}"]`, [own()], /no verdict was signed/],
    // A verdict is that of one build, whatever else made the same bytes.
    ['require = ["provenance", "verdict"]', [own(), verdict(known, 'PASSED', own())], undefined],
    [
      'require = ["provenance", "verdict"]',
      [own(), verdict(known, 'PASSED', own({ dirty: true }))],
      /it was given of another build/,
    ],
    [
      'require = ["provenance", "verdict"]',
      [own(), own({ dirty: true }), verdict(known, 'PASSED', own({ dirty: true }))],
      undefined,
    ],
    ['require = ["verdict"]', [verdict(known, 'PASSED', own())], undefined],
    ['require = ["provenance", "verdict"]', [gitHub(), verdict(known, 'PASSED', own())], undefined],
    // Whoever else writes such a word means something else by it.
    ['require = ["provenance"]\nreproduced = true', [gitHub()], /not built again/],
  ];
  for (const [policy, statements, says] of table) {
    const at = place(t, `[verify]\n${policy}\n`, statements.map(bundle));
    writeFileSync(join(at.dir, 'key.pub'), publicKey.export({ type: 'spki', format: 'pem' }));
    const { code, problems } = await at.verify('--key', 'key.pub');
    assert.equal(code, says === undefined ? 0 : 1, `${policy}: ${problems.join('; ')}`);
    if (says !== undefined) assert.match(problems.join('; '), says, policy);
  }
});

test('what a command names is held against what is signed, and nothing signed is no yes', async (t) => {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const signer = readSigner(privateKey.export({ type: 'pkcs8', format: 'pem' }) as string);
  const bom = { bomFormat: 'CycloneDX', components: [{ name: 'a: "b"' }] };
  const sbom = statement([{ name: 'app', digest }], 'https://cyclonedx.org/bom', bom);
  const bundle = (one: Statement) =>
    bundleText(signEnvelope(payloadType, Buffer.from(JSON.stringify(one)), signer)).trim();
  const table: readonly (readonly [string, readonly Statement[], readonly string[], RegExp | undefined])[] = [
    ['an SBOM that is signed', [sbom], ['--sbom', 'bom.json'], undefined],
    ['an SBOM that nobody signed', [own()], ['--sbom', 'bom.json'], /no sbom was signed/],
    ['an SBOM that says something twice', [sbom], ['--sbom', 'twice.json'], /not the one that was signed/],
    ['a builder of which nobody says anything', [sbom], ['--builder-id', 'x'], /no provenance was signed/],
  ];
  for (const [name, statements, words, says] of table) {
    const at = place(t, '[verify]\nrequire = []\n', statements.map(bundle));
    writeFileSync(join(at.dir, 'key.pub'), publicKey.export({ type: 'spki', format: 'pem' }));
    writeFileSync(join(at.dir, 'bom.json'), JSON.stringify(bom, undefined, 4));
    const twice = JSON.stringify(bom).replace('{"', '{"components":[],"');
    writeFileSync(join(at.dir, 'twice.json'), twice);
    const { code, problems } = await at.verify('--key', 'key.pub', ...words);
    assert.equal(code, says === undefined ? 0 : 1, `${name}: ${problems.join('; ')}`);
    if (says !== undefined) assert.match(problems.join('; '), says, name);
    const nothing = await safeguard(['verify', 'app', '--policy', 'release.toml', '--key', 'key.pub'], {
      cwd: at.dir,
    });
    assert.equal(nothing.code, 1);
    assert.match(nothing.stdout, /nothing was signed for this file/);
  }
});

test('nobody’s signature counts by itself: a key, or a root with names, is wanted', async (t) => {
  const sigstore = testSigstore(t);
  const at = place(t, '[verify]\nrequire = ["provenance"]\n', [sigstore.bundle(gitHub())]);
  writeFileSync(join(at.dir, 'root.json'), sigstore.root);
  writeFileSync(join(at.dir, 'none.json'), '{}');
  const none = await at.verify();
  assert.equal(none.code, 64);
  assert.match(none.problems[0] ?? '', /there is nobody whose signature would count/);
  const nameless = await at.verify('--trusted-root', 'root.json');
  assert.equal(nameless.code, 64);
  assert.match(nameless.problems[0] ?? '', /no policy names one/);
  writeFileSync(join(at.dir, 'release.toml'), `[verify]\n${identities}`);
  const empty = await at.verify('--trusted-root', 'none.json');
  assert.match(empty.problems[0] ?? '', /no trusted root of sigstore/);
  writeFileSync(
    join(at.dir, 'release.toml'),
    '[verify]\nidentities = [{ issuer = "https://token.actions.githubusercontent.com" }]\n',
  );
  const anybody = await at.verify('--trusted-root', 'root.json');
  assert.match(anybody.problems[0] ?? '', /say who of that issuer/);
});
