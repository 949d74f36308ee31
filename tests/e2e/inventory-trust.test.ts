/**
 * Which artefacts of the inventory count as signed: those that `safeguard verify` lets through, by key, by certificate
 * or by the server's own signature.
 */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it, type TestContext, test } from 'node:test';
import type { Statement } from '../../src/attest/statement.ts';
import { safeguard } from '../cli/support.ts';
import { testCi } from '../support/ci.ts';
import { startScene } from '../support/scene.ts';
import { manifest } from '../support/sealed.ts';
import { program, type SaidBuild, sha256Of, signingKey, statements } from '../support/signed-build.ts';
import { testSigstore } from '../support/sigstore.ts';
import { databaseFor, databases } from '../support/stage.ts';
import { tempDir } from '../support/temp.ts';

const id = sha256Of(program).slice(0, 12);
const issuer = 'https://token.actions.githubusercontent.com';

const withoutAttempts = (shown: string) => shown.split('\n').filter((line) => !/^ {2}refused: /.test(line));

interface Place {
  readonly dir: string;
  readonly write: (path: string, bytes: Uint8Array | string) => void;
}

function place(t: TestContext): Place {
  const dir = tempDir(t);
  const write = (path: string, bytes: Uint8Array | string) => {
    mkdirSync(join(dir, path, '..'), { recursive: true });
    writeFileSync(join(dir, path), bytes);
  };
  return { dir, write };
}

/** A server with these words under [artefacts], and what people type. */
async function start(t: TestContext, { dir, write }: Place, words: string, more: { database?: string } = {}) {
  const { mirror, clock } = await startScene(t, { mirror: { ...more, config: words } });
  const env = { SAFEGUARD_SERVER: mirror.url, SAFEGUARD_TOKEN: mirror.token() };
  const run = async (...args: string[]) => {
    const ran = await safeguard(args, { cwd: dir, env });
    assert.match(
      ran.stderr,
      /^(?:\d+ signed, \d+ unsigned, \d+ recovered from traces\.\n)?$/,
      args.join(' '),
    );
    return ran.stdout;
  };
  /** Lays a build out in a folder of that name, and adds it. */
  const add = async (
    folder: string,
    sign: (one: Statement) => string,
    said: SaidBuild = {},
    bytes: Uint8Array = program,
  ) => {
    write(`${folder}/app`, bytes);
    for (const [kind, one] of Object.entries(statements(said)))
      write(`${folder}/app.${kind}.sigstore.json`, sign(one));
    return await run('inventory', 'add', folder);
  };
  return { mirror, clock, env, run, add };
}

for (const { name, skip } of databases)
  describe(`what is signed, on ${name}`, { skip }, () => {
    it('is taken for the truth, and why a signature does not count is said', async (t) => {
      const at = place(t);
      const [ours, theirs] = [signingKey(), signingKey()];
      at.write('release.pub', ours.pem);
      const config = `[artefacts]\nsigners = ["${join(at.dir, 'release.pub')}"]\n`;
      const { run, add, env } = await start(t, at, config, await databaseFor(name, t));
      const refused = await add('bad', theirs.sign);
      assert.match(
        refused,
        /signatures do not count: provenance, sbom, verdict: the signature is not that of this key over these bytes$/m,
      );
      assert.match(refused, /3 components, unsigned/);
      assert.match(
        await add('good', ours.sign),
        /^More is known now: app .*\n {2}\d+ components?, signed by whom this server goes by$/m,
      );
      const shown = await run('inventory', 'show', id);
      assert.match(shown, /zlib-rs +0\.5\.0/);
      assert.doesNotMatch(shown, /serde|itoa/, 'nobody signed that');
      assert.match(shown, /project: https:\/\/git\.example\/org\/app\n {2}commit: c{40}\n/);
      // What is unsigned and comes later changes nothing; that it came is kept.
      assert.match(await run('inventory', 'add', 'bad', '--commit', 'beef'), /^Known already: /m);
      const again = await run('inventory', 'show', id);
      assert.match(
        again,
        /^ {2}refused: signatures that admin sent \(.*, 2 times\): provenance, sbom, verdict: the sig/m,
      );
      assert.deepEqual(withoutAttempts(again), withoutAttempts(shown));
      const list = async (...words: string[]) =>
        (await run('inventory', 'list', ...words)).split('\n').slice(1, -1);
      assert.match(
        (await list('--trust', 'signed')).join(),
        /^[0-9a-f]{12} {2}app .* signed, 1 refused {2}allow /,
      );
      assert.equal((await list('--refused')).length, 1);
      assert.match(await run('inventory', 'list', '--trust', 'unverified'), /^No artefacts/);
      assert.equal(
        (await safeguard(['affected', 'zlib-rs', '--trust', 'unverified'], { cwd: at.dir, env })).code,
        2,
      );
      assert.equal(
        (await safeguard(['affected', 'zlib-rs', '--trust', 'signed'], { cwd: at.dir, env })).code,
        1,
      );
    });

    it('is kept with its verdict, and with the change that was judged', async (t) => {
      const at = place(t);
      const ours = signingKey();
      at.write('release.pub', ours.pem);
      const config = `[artefacts]\nsigners = ["${join(at.dir, 'release.pub')}"]\n`;
      const { mirror, run, add, env } = await start(t, at, config, await databaseFor(name, t));
      const lockfile = 'version = 4\n\n[[package]]\nname = "app"\nversion = "1.0.0"\n';
      at.write('project/Cargo.toml', manifest('app').replace('0.1.0', '1.0.0'));
      at.write('project/src/main.rs', 'fn main() {}\n');
      at.write('project/Cargo.lock', lockfile);
      const judged = await safeguard(['check', '--keep', 'org/app!7'], {
        cwd: join(at.dir, 'project'),
        env,
      });
      assert.equal(judged.code, 0, judged.stdout + judged.stderr);
      const kept = await mirror.call('/api/v1/changes', { token: mirror.token() });
      const [{ policy } = { policy: '' }] = ((await kept.json()) as { changes: { policy: string }[] })
        .changes;

      // Nobody signed it: it is a word, and said to be.
      at.write('said/app', program);
      const said = { lockfile: sha256Of(lockfile), verdict: 'deny' };
      for (const [kind, one] of Object.entries(statements(said)))
        if (kind !== 'sbom') at.write(`said/app.${kind}.intoto.json`, JSON.stringify(one));
      assert.match(
        await run('inventory', 'add', 'said'),
        /its verdict is not to let it in: deny \(unsigned\)/,
      );
      assert.match(await run('inventory', 'list'), / unsigned {2}deny \(unsigned\) /);
      const word = await run('inventory', 'show', id);
      assert.match(
        word,
        /^ {2}verdict: deny by policy d{12}, .* \(unsigned: the word of whoever added it\)$/m,
      );
      assert.match(word, /^ {2}builder: https:\/\/ci\.example\/builder$/m);

      // What is signed takes its place, and a later verdict that of an earlier one; an earlier one changes nothing.
      const of = { lockfile: sha256Of(lockfile), policy };
      assert.match(await add('first', ours.sign, { ...of, verdict: 'hold' }), /not to let it in: hold$/m);
      assert.match(await run('inventory', 'list', '--verdict', 'not-allowed'), / signed {2}hold /);
      assert.doesNotMatch(
        await add('second', ours.sign, { ...of, at: '2026-08-31T11:00:00Z' }),
        /not to let it in/,
      );
      await add('third', ours.sign, { ...of, verdict: 'deny', at: '2026-08-31T09:00:00Z' });
      const shown = await run('inventory', 'show', id);
      assert.match(shown, /^ {2}verdict: allow by policy [0-9a-f]{12}, 2026-08-31 11:00 UTC$/m);
      assert.match(shown, /^ {2}signed by: release\.pub$/m);
      assert.match(shown, /^ {2}Cargo\.lock: [0-9a-f]{64}$/m);
      assert.match(
        shown,
        /^ {2}change: org\/app!7: allow, .* by admin; this Cargo\.lock is the one that was judged \(Cargo\.lock\)$/m,
      );
      assert.match(await run('inventory', 'list', '--verdict', 'not-allowed'), /^No artefacts/);
      const { artefact, changes } = JSON.parse(await run('inventory', 'show', id, '--format', 'json'));
      assert.deepEqual(artefact.verdict, {
        ...{ word: 'allow', policy, at: '2026-08-31T11:00:00.000Z', signed: true },
      });
      assert.deepEqual(
        changes.map((one: Record<string, unknown>) => [one.name, one.tie, one.samePolicy]),
        [['org/app!7', 'lockfile', true]],
      );
      const list = JSON.parse(await run('inventory', 'list', '--format', 'json'));
      assert.deepEqual(list.trusts, { signed: 1, unsigned: 0, recovered: 0 });
      const limited = JSON.parse(await run('inventory', 'list', '--name', 'app', '--format', 'json'));
      assert.deepEqual(limited.trusts, list.trusts, 'kept, and counted');
    });

    it('is tied to the change of its commit, else of its Cargo.lock, and else that is not known', async (t) => {
      const at = place(t);
      const { run, env } = await start(t, at, '', await databaseFor(name, t));
      const project = join(at.dir, 'project');
      const git = (...args: string[]) => {
        const who = ['-c', 'user.name=t', '-c', 'user.email=t@t.example'];
        return execFileSync('git', [...who, ...args], { cwd: project, encoding: 'utf8' }).trim();
      };
      const lock = (version: string) => `version = 4\n\n[[package]]\nname = "app"\nversion = "${version}"\n`;
      const lay = (version: string) => {
        at.write('project/Cargo.toml', manifest('app').replace('0.1.0', version));
        at.write('project/Cargo.lock', lock(version));
      };
      const keep = async (name: string, ...args: string[]) => {
        const ran = await safeguard(['check', '--keep', name, ...args], { cwd: project, env });
        assert.equal(ran.code, 0, ran.stdout + ran.stderr);
        assert.match(ran.stderr, /^Kept: /m);
      };
      const commit = (text: string) => {
        git('add', '-A');
        git('commit', '-qm', text);
        return git('rev-parse', 'HEAD');
      };
      at.write('project/src/main.rs', 'fn main() {}\n');
      lay('1.0.0');
      git('init', '-q');
      const first = commit('one');
      await keep('org/app!1');
      // The same Cargo.lock, judged as the merge of a pull request whose own commit is told.
      const head = 'd'.repeat(40);
      at.write('project/src/main.rs', 'fn main() { println!() }\n');
      const merge = commit('two');
      await keep('org/app!2', '--head-commit', head);
      // What differs from its commit is no verdict on that.
      lay('2.0.0');
      await keep('somebody’s work');
      const wrong = await safeguard(['check', '--keep', 'x', '--head-commit', 'HEAD'], { cwd: project, env });
      assert.deepEqual([wrong.code, /is not the whole id of a commit/.test(wrong.stderr)], [64, true]);

      let number = 0;
      /** An artefact of such a build: what it says of its changes. */
      const built = async (said: SaidBuild) => {
        const bytes = Buffer.concat([program, Buffer.of(++number)]);
        at.write(`${number}/app`, bytes);
        const { provenance } = statements({ about: sha256Of(bytes), ...said });
        at.write(`${number}/app.provenance.intoto.json`, JSON.stringify(provenance));
        await run('inventory', 'add', String(number));
        const shown = await run('inventory', 'show', sha256Of(bytes).slice(0, 12));
        const { changes, changesUnknown } = JSON.parse(
          await run('inventory', 'show', sha256Of(bytes), '--format', 'json'),
        );
        return {
          said: shown.split('\n').flatMap((line) => /^ {2}change: (.*)$/.exec(line)?.[1] ?? []),
          ties: changes.map((one: Record<string, unknown>) => [one.name, one.tie, one.sameLockfile]),
          unknown: changesUnknown,
        };
      };
      const lockfile = sha256Of(lock('1.0.0'));
      const ofMerge = await built({ commit: merge, lockfile });
      assert.deepEqual(ofMerge.ties, [
        ['org/app!2', 'commit', true],
        ['org/app!1', 'lockfile', true],
      ]);
      assert.match(
        ofMerge.said[0] ?? '',
        /^org\/app!2: allow, .* by admin; this commit is the one that was judged \(Cargo\.lock\)/,
      );
      assert.match(
        ofMerge.said[1] ?? '',
        /^org\/app!1: allow, .*; this Cargo\.lock is the one that was judged \(/,
      );
      assert.deepEqual((await built({ commit: head })).ties, [['org/app!2', 'commit', null]]);
      const other = await built({ commit: first, lockfile: 'e'.repeat(64) });
      assert.deepEqual(other.ties, [['org/app!1', 'commit', false]]);
      assert.match(other.said[0] ?? '', /judged, with another Cargo\.lock than this \(/);
      assert.deepEqual((await built({ commit: 'f'.repeat(40), lockfile: sha256Of(lock('2.0.0')) })).ties, [
        ['somebody’s work', 'lockfile', true],
      ]);
      const none = await built({ commit: 'f'.repeat(40), lockfile: 'f'.repeat(64) });
      assert.deepEqual(none.said, ['unknown: no verdict is kept here on its commit or its Cargo.lock']);
      assert.deepEqual(
        [none.ties, none.unknown],
        [[], 'no verdict is kept here on its commit or its Cargo.lock'],
      );
      at.write('bare', Buffer.concat([program, Buffer.of(99)]));
      await run('inventory', 'add', 'bare');
      assert.match(
        await run('inventory', 'show', sha256Of(Buffer.concat([program, Buffer.of(99)])).slice(0, 12)),
        /^ {2}change: unknown: nobody said of which commit, or by which Cargo\.lock, it was built$/m,
      );
    });
  });

test('signatures about other bytes are said, though the program beside them was replaced', async (t) => {
  const at = place(t);
  const ours = signingKey();
  at.write('release.pub', ours.pem);
  const { add } = await start(t, at, `[artefacts]\nsigners = ["${join(at.dir, 'release.pub')}"]\n`);
  const other = Buffer.concat([program, Buffer.of(0)]);
  assert.match(
    await add('moved', ours.sign, {}, other),
    /signatures do not count: provenance, sbom, verdict: it is about other bytes than this file has$/m,
  );
});

test('the words of [verify] hold here as they do for safeguard verify', async (t) => {
  const at = place(t);
  const ours = signingKey();
  at.write('release.pub', ours.pem);
  const table: readonly (readonly [string, SaidBuild, RegExp | undefined])[] = [
    ['', {}, undefined],
    ['builders = ["https://ci.example/builder"]', {}, undefined],
    ['builders = ["https://ci.example/other"]', {}, /\[verify\] builders does not name/],
    ['sources = ["https://git.example/org/app"]\nclean-source = true\nsandbox = true', {}, undefined],
    ['sources = ["https://git.example/org/other"]', {}, /\[verify\] sources does not name/],
    ['reproduced = true', {}, /\[verify\] reproduced wants the same bytes/],
    [`policies = ["${'e'.repeat(64)}"]`, {}, /\[verify\] policies does not name/],
    // What is signed is true, whatever the verdict was.
    ['', { verdict: 'deny' }, undefined],
  ];
  for (const [words, said, says] of table) {
    const config = `[artefacts]\nsigners = ["${join(at.dir, 'release.pub')}"]\n${words}\n`;
    const { add, mirror } = await start(t, at, config);
    const added = await add('app', ours.sign, said);
    if (says === undefined) assert.match(added, /, signed by whom this server goes by/, words + added);
    else assert.match(added, says, words);
    // The same words in a policy, for the program where it lies.
    at.write('release.toml', `[verify]\n${words}\n`);
    const policy = ['--policy', 'release.toml'];
    const verified = await safeguard(['verify', 'app/app', '--key', 'release.pub', ...policy], {
      cwd: at.dir,
    });
    assert.equal(verified.code, says === undefined && said.verdict === undefined ? 0 : 1, verified.stdout);
    if (says !== undefined) assert.match(verified.stdout, says, words);
    await mirror.close();
    // Or by that policy's file.
    const named = `[artefacts]\nsigners = ["${join(at.dir, 'release.pub')}"]\npolicy = "${join(at.dir, 'release.toml')}"\n`;
    const again = await start(t, at, named);
    assert.match(await again.run('inventory', 'add', 'app'), says ?? /, signed by whom/, words);
    await again.mirror.close();
  }
});

test('what a certificate signs counts for the repository that identities name: without a key, and as gh downloads it', async (t) => {
  const at = place(t);
  const [sigstore, other] = [testSigstore(t), testSigstore(t)];
  at.write('root.json', sigstore.root);
  const config = `[artefacts]
trusted-root = "${join(at.dir, 'root.json')}"
identities = [{ issuer = "${issuer}", repository-id = "11", owner-id = "22" }]
`;
  const { run, add } = await start(t, at, config);
  const refusals: readonly (readonly [(one: Statement) => string, RegExp])[] = [
    [(one) => other.bundle(one), /the trusted root does not vouch for it/],
    [(one) => sigstore.bundle(one, { repositoryId: '12' }), /\[verify\] identities does not name/],
    [signingKey().sign, /signed by a key, and none is named that counts/],
  ];
  for (const [sign, says] of refusals) assert.match(await add('bad', sign), says);
  assert.match(await add('good', (one) => sigstore.bundle(one)), /^More is known now: .*\n.*signed by whom/m);

  // GitHub's own: one a line in a file of the digest's name.
  const bytes = Buffer.concat([program, Buffer.of(0)]);
  const said = statements({ about: sha256Of(bytes) });
  at.write('gh/app', bytes);
  const lines = [said.provenance, said.sbom].map((one) => sigstore.bundle(one).trim());
  at.write(`gh/sha256:${sha256Of(bytes)}.jsonl`, `${lines.join('\n')}\n`);
  assert.match(
    await run('inventory', 'add', 'gh'),
    /no verdict was signed for this file/,
    'all three by default',
  );
  const asked = await start(t, at, `${config}require = ["provenance", "sbom"]\n`);
  assert.match(await asked.run('inventory', 'add', 'gh'), /^Added: .*\n.*signed by whom/m);
});

test('what the server signs for a job counts by its own key', async (t) => {
  const at = place(t);
  const ci = await testCi(issuer, 'https://crates.invalid');
  const key = signingKey();
  at.write('key.pem', key.secret);
  at.write('jwks.json', ci.jwks);
  const config = `[signing]
key = "${join(at.dir, 'key.pem')}"
builder-id = "https://crates.invalid/builder"
[[ci]]
name = "github"
kind = "github"
issuer = "${issuer}"
audience = "https://crates.invalid"
jwks-file = "${join(at.dir, 'jwks.json')}"
sign = [{ repository_id = "11", repository_owner_id = "22" }]
allow = [{ repository_id = "11", repository_owner_id = "22" }]
[artefacts]
builders = ["https://crates.invalid/builder"]
jobs = [{ iss = "${issuer}", repository_id = "11" }]
`;
  const { mirror, clock, run, add } = await start(t, at, config);
  const said = statements({ commit: 'a'.repeat(40) });
  const identity = await ci.token(
    {
      repository_id: '11',
      repository_owner_id: '22',
      repository: 'org/app',
      sha: 'a'.repeat(40),
      sub: 'repo:org/app:ref:refs/heads/main',
    },
    { now: clock.now() },
  );
  const kinds = Object.keys(said) as (keyof typeof said)[];
  const { verdict: bare, ...rest } = said;
  const summary = {
    ...bare,
    predicate: {
      ...(bare.predicate as object),
      inputAttestations: [{ digest: { sha256: sha256Of(JSON.stringify(said.provenance)) } }],
    },
  };
  const body = {
    identity,
    statements: kinds.map((kind) => JSON.stringify(kind === 'verdict' ? summary : rest[kind])),
  };
  const answer = await mirror.call('/api/v1/signatures', { method: 'POST', body });
  const { bundles } = (await answer.json()) as { bundles?: readonly string[] };
  assert.equal(answer.status, 201);
  at.write('app/app', program);
  for (const [i, kind] of kinds.entries()) at.write(`app/app.${kind}.sigstore.json`, bundles?.[i] ?? '');
  // The same words by the job's own key are worth nothing.
  assert.match(await add('forged', signingKey().sign), /the signature is not that of this key/);
  assert.match(await run('inventory', 'add', 'app'), /^More is known now: .*\n.*signed by whom/m);
  assert.match(await run('inventory', 'show', id), /project: https:\/\/github\.com\/org\/app\n/);
});

test('a server does not start by settings that would let anybody in, or that it cannot read', async (t) => {
  const at = place(t);
  at.write('root.json', testSigstore(t).root);
  at.write('key.pub', signingKey().pem);
  at.write('odd.pub', 'x');
  at.write('release.toml', '[verify]\nsandbox = true\n');
  at.write('wrong.toml', '[verify]\nsandbox = 7\n');
  const table: readonly (readonly [string, RegExp])[] = [
    [
      `trusted-root = "${join(at.dir, 'root.json')}"`,
      /\[artefacts\] trusted-root gives certificates to everybody/,
    ],
    [`signers = ["${join(at.dir, 'none.pub')}"]`, /\[artefacts\] signers .*none\.pub/],
    [`signers = ["${join(at.dir, 'odd.pub')}"]`, /odd\.pub: this is no key as PEM/],
    [
      `trusted-root = "${join(at.dir, 'key.pub')}"\nidentities = [{ issuer = "${issuer}", repository-id = "1" }]`,
      /it is no JSON/,
    ],
    [`policy = "${join(at.dir, 'release.toml')}"\nreproduced = true`, /say it in one place/],
    [`policy = "${join(at.dir, 'wrong.toml')}"`, /wrong\.toml/],
    [`identities = [{ issuer = "${issuer}" }]`, /say who of that issuer/],
  ];
  for (const [words, says] of table)
    await assert.rejects(startScene(t, { mirror: { config: `[artefacts]\n${words}\n` } }), says, words);
});
