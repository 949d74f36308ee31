/** cargo-vet audits and cargo-crev proofs in the mirror: what they stop, what they answer, what they never do. */
import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { folder, safeguard } from '../cli/support.ts';
import { type AuditShelf, audit, auditShelf, others, reviewOf } from '../support/audit-shelf.ts';
import { type DatabaseName, databases, type Stage, stage } from '../support/stage.ts';

/** A question about the contents, which audits may answer. */
const asking = `[audits]
organisations = ["mozilla", "google", "own"]
answers = ["ask"]

[[rule]]
id = "ask"
when = "crate == 'word' && context == 'release'"
effect = "review"
message = "Somebody has to look at it."
next = "Look at it."
`;
const old = { pubtime: '2020-01-01T00:00:00Z' };

async function scene(
  t: TestContext,
  options: {
    policy?: string;
    database?: DatabaseName;
    more?: string;
    before?: (shelf: AuditShelf) => void;
  } = {},
): Promise<{ s: Stage; shelf: AuditShelf }> {
  const shelf = auditShelf(t);
  options.before?.(shelf);
  const { policy = '', database = 'SQLite', more = '' } = options;
  const s = await stage(t, { database, policy, config: `${shelf.config}\n${more}` });
  s.publish('word', '1.0.0', old);
  s.publish('bystander', '1.0.0', old);
  await s.mirror.tick();
  return { s, shelf };
}

async function feedUpdates(s: Stage): Promise<readonly Readonly<Record<string, unknown>>[]> {
  const log = await s.mirror.server.store.log({ limit: 1000 });
  return log.filter(({ event }) => event === 'feed-updated').map(({ details }) => details ?? {});
}

for (const { name: database, skip } of databases) {
  describe(`audits on ${database}`, { skip }, () => {
    it('stop what was served once an organisation takes exception, and let it go when that is taken back', async (t) => {
      const { s, shelf } = await scene(t, { database });
      assert.equal((await s.download('word', '1.0.0')).status, 200);
      assert.equal((await s.download('bystander', '1.0.0')).status, 200);
      const before = await s.history('bystander', '1.0.0');
      shelf.put('mozilla.toml', others + audit('word', 'violation = "^1"'));
      await s.pass('5h');
      assert.equal((await s.release('word', '1.0.0')).state, 'promoted', 'it is not time to read yet');
      await s.pass('1h');
      const { state, verdict } = await s.release('word', '1.0.0');
      assert.deepEqual([state, verdict.findings[0]?.rule], ['blocked', 'audits']);
      assert.match(
        verdict.findings[0]?.message ?? '',
        /^mozilla says that \^1 is not safe-to-deploy: Looked/,
      );
      const refused = await s.download('word', '1.0.0');
      assert.equal(refused.status, 403);
      assert.match(refused.text, /mozilla says/);
      assert.deepEqual(await s.history('bystander', '1.0.0'), before, 'nothing new was said of it');
      await s.restart();
      assert.equal((await s.release('word', '1.0.0')).state, 'blocked');
      shelf.put('mozilla.toml', others);
      await s.pass('6h');
      assert.equal((await s.release('word', '1.0.0')).state, 'promoted');
    });

    it('stop what a reviewer in the web of trust rates negative; what a stranger says does nothing', async (t) => {
      const { s, shelf } = await scene(t, { database });
      assert.equal((await s.download('word', '1.0.0')).status, 200);
      const word = { name: 'word', version: '1.0.0' };
      shelf.put('proofs/stranger.crev', reviewOf(shelf.stranger, word, 'negative'));
      await s.pass('6h');
      assert.equal((await s.release('word', '1.0.0')).state, 'promoted');
      shelf.put('proofs/ann.crev', reviewOf(shelf.ann, word, 'negative'));
      await s.pass('6h');
      const { state, verdict } = await s.release('word', '1.0.0');
      assert.deepEqual([state, verdict.findings[0]?.rule], ['blocked', 'audits']);
      assert.match(verdict.findings[0]?.message ?? '', /rated it negative on 2024-05-05: As seen/);
      // Whom one trusts decides about every crate that is reviewed, in whatever file.
      shelf.put('proofs/me.crev', shelf.me.trust('none', [shelf.ann]));
      await s.pass('6h');
      assert.equal((await s.release('word', '1.0.0')).state, 'promoted');
    });

    it('survive a restart without the files that they came from', async (t) => {
      const { s, shelf } = await scene(t, { database });
      shelf.put('mozilla.toml', others + audit('word', 'violation = "*"'));
      shelf.put('proofs/ann.crev', reviewOf(shelf.ann, { name: 'bystander', version: '1.0.0' }, 'negative'));
      await s.pass('6h');
      for (const path of ['mozilla.toml', 'proofs', 'supply-chain']) shelf.remove(path);
      await s.restart();
      await s.pass('6h');
      assert.equal((await s.release('word', '1.0.0')).state, 'blocked');
      assert.equal((await s.release('bystander', '1.0.0')).state, 'blocked');
      const alarms = s.mirror.log.filter((line) => line.includes('ALARM'));
      assert.equal(alarms.length, 3, alarms.join('\n'));
    });

    it('that shrink by more than a fifth are refused with an alarm, the old ones stay', async (t) => {
      const violated = (shelf: AuditShelf) =>
        shelf.put('mozilla.toml', others + audit('word', 'violation = "^1"'));
      const { s, shelf } = await scene(t, { database, before: violated });
      assert.equal((await s.release('word', '1.0.0')).state, 'blocked');
      shelf.put('mozilla.toml', audit('other-1', 'version = "1.0.0"'));
      await s.pass('6h');
      assert.equal((await s.release('word', '1.0.0')).state, 'blocked');
      assert.ok(
        s.mirror.log.some((line) => /ALARM.*shrank from 7 audits to 1 at once/.test(line)),
        s.mirror.log.join('\n'),
      );
    });
  });
}

it('replicas judge by what one of them read', { skip: databases[1]?.skip ?? false }, async (t) => {
  const { s, shelf } = await scene(t, { database: 'PostgreSQL' });
  const other = await s.replica();
  const explained = async () =>
    (await other.call('/api/v1/explain/bystander/1.0.0').then((answer) => answer.text())) as string;
  assert.doesNotMatch(await explained(), /says that/);
  shelf.put('mozilla.toml', others + audit('bystander', 'violation = "^1"'));
  await s.pass('6h');
  const written = (await feedUpdates(s)).length;
  await other.tick();
  assert.match(await explained(), /mozilla says that/);
  assert.equal((await feedUpdates(s)).length, written, 'the second reads nothing anew');
});

describe('another configuration', () => {
  it('judges anew what the feeds speak of that came, went, or count otherwise', async (t) => {
    const { s, shelf } = await scene(t, {
      before: (shelf) => {
        shelf.put('google.toml', others + audit('word', 'violation = "^1"', 'crypto-safe'));
        shelf.put(
          'proofs/x.crev',
          reviewOf(shelf.stranger, { name: 'bystander', version: '1.0.0' }, 'negative'),
        );
      },
    });
    const states = async () => [
      (await s.release('word', '1.0.0')).state,
      (await s.release('bystander', '1.0.0')).state,
    ];
    const start = async (config: string) => {
      await s.restart({ config });
      await s.mirror.tick();
      return await states();
    };
    assert.deepEqual(await states(), ['promoted', 'promoted'], 'that criterion is none of theirs');
    shelf.put(
      'google.toml',
      `[criteria.crypto-safe]\ndescription = "d"\n\n${others}${audit('word', 'violation = "^1"', 'crypto-safe')}`,
    );
    await s.pass('6h');
    assert.deepEqual(await states(), ['blocked', 'promoted']);
    const trusting = shelf.config.replace(shelf.me.id, shelf.stranger.id);
    assert.deepEqual(await start(trusting), ['blocked', 'blocked']);
    const unmapped = shelf.config.replace(/^criteria-map.*$/m, '');
    assert.deepEqual(await start(unmapped), ['promoted', 'promoted']);
    assert.deepEqual(await start(shelf.config), ['blocked', 'promoted']);
    assert.deepEqual(await start(''), ['promoted', 'promoted']);
  });
});

describe('a good audit', () => {
  const word = { name: 'word', version: '1.0.0' };
  const cases: [what: string, put: (shelf: AuditShelf) => void, state: string, by?: string][] = [
    ['by nobody', () => undefined, 'review'],
    [
      'of an organisation',
      (shelf) => shelf.put('mozilla.toml', others + audit('word', 'version = "1.0.0"')),
      'promoted',
      'mozilla',
    ],
    [
      'of one’s own',
      (shelf) => shelf.put('supply-chain/audits.toml', others + audit('word', 'version = "1.0.0"')),
      'promoted',
      'own',
    ],
    [
      'by a criterion that is mapped',
      (shelf) =>
        shelf.put(
          'google.toml',
          `[criteria.crypto-safe]\ndescription = "d"\n\n${others}${audit('word', 'version = "1.0.0"', 'crypto-safe')}`,
        ),
      'promoted',
      'google',
    ],
    [
      'by a criterion that is not mapped',
      (shelf) =>
        shelf.put(
          'mozilla.toml',
          `[criteria.crypto-safe]\ndescription = "d"\n\n${others}${audit('word', 'version = "1.0.0"', 'crypto-safe')}`,
        ),
      'review',
    ],
    [
      'by an exemption of one’s own',
      (shelf) =>
        shelf.put(
          'supply-chain/config.toml',
          '[[exemptions.word]]\nversion = "1.0.0"\ncriteria = "safe-to-deploy"\n',
        ),
      'review',
    ],
    [
      'by a reviewer',
      (shelf) => shelf.put('proofs/ann.crev', reviewOf(shelf.ann, word, 'positive')),
      'promoted',
      'crev',
    ],
    [
      'by a stranger',
      (shelf) => shelf.put('proofs/x.crev', reviewOf(shelf.stranger, word, 'positive')),
      'review',
    ],
    [
      'by a reviewer of other contents',
      (shelf) =>
        shelf.put('proofs/ann.crev', reviewOf(shelf.ann, { ...word, lib: 'pub fn other() {}' }, 'positive')),
      'review',
    ],
    [
      'by a reviewer whose signature does not hold',
      (shelf) =>
        shelf.put('proofs/ann.crev', reviewOf(shelf.ann, word, 'strong').replace('strong', 'positive')),
      'review',
    ],
  ];
  for (const [what, before, state, by] of cases) {
    it(`${what}: the question is ${state === 'promoted' ? 'answered' : 'still open'}`, async (t) => {
      const { s } = await scene(t, { policy: asking, before });
      await s.download('word', '1.0.0');
      const release = await s.release('word', '1.0.0');
      assert.equal(release.state, state, JSON.stringify(release.verdict));
      const { answered } = release.verdict.findings.find(({ rule }) => rule === 'ask') ?? {};
      assert.equal(answered?.by === 'cargo-vet' ? answered.who.join() : answered?.by, by);
    });
  }

  it('never shortens a cool-down', async (t) => {
    const { s } = await scene(t, {
      policy: asking,
      before: (shelf) => {
        shelf.put('mozilla.toml', others + audit('word', 'version = "1.1.0"'));
        shelf.put('proofs/ann.crev', reviewOf(shelf.ann, { name: 'word', version: '1.1.0' }, 'strong'));
      },
    });
    await s.index('word');
    s.publish('word', '1.1.0', { pubtime: s.clock.iso() });
    await s.pass('10m');
    const { state, until, verdict } = await s.release('word', '1.1.0');
    assert.equal(state, 'held');
    assert.ok(verdict.findings.some(({ rule, answered }) => rule === 'ask' && answered !== undefined));
    await s.pass(Date.parse(until ?? '') - s.clock.now() - 1);
    assert.equal((await s.release('word', '1.1.0')).state, 'held');
    await s.pass(1);
    assert.equal((await s.release('word', '1.1.0')).state, 'promoted');
  });

  it('says nothing of another registry’s crate of the same name', async (t) => {
    const shelf = auditShelf(t);
    shelf.put('mozilla.toml', others + audit('word', 'violation = "^1"'));
    const s = await stage(t, { config: shelf.config });
    const theirs = await stage(t);
    for (const { publish } of [s, theirs]) publish('word', '1.0.0', old);
    await s.restart({ others: { private: theirs.upstream.indexUrl } });
    await s.mirror.tick();
    await s.index('word');
    const answer = await s.mirror.call('/registries/private/index/wo/rd/word');
    assert.equal(answer.status, 200);
    const stateIn = async (registry: string) =>
      (await s.mirror.server.store.releases(registry, 'word')).map(({ state }) => state);
    assert.deepEqual([await stateIn('upstream'), await stateIn('private')], [['blocked'], ['promoted']]);
  });

  it('of contents that were read before their digest was kept is unchecked, and no yes', async (t) => {
    const { s } = await scene(t, {
      policy: asking,
      before: (shelf) => shelf.put('proofs/ann.crev', reviewOf(shelf.ann, word, 'positive')),
    });
    await s.download('word', '1.0.0');
    const { store } = s.mirror.server;
    const [record] = await store.releases('upstream', 'word');
    assert.ok(record?.archive != null);
    const { contentDigest, ...older } = JSON.parse(record.archive) as Record<string, unknown>;
    assert.match(String(contentDigest), /^[\w-]{43}$/);
    await store.write((tx) => tx.putReleases([{ ...record, archive: JSON.stringify(older) }]));
    await s.act('block', { crate: 'word', version: '9.9.9' });
    assert.equal((await s.release('word', '1.0.0')).state, 'review');
    const explained = await (await s.mirror.call('/api/v1/explain/word/1.0.0')).text();
    assert.match(explained, /"contents":"unchecked"/);
  });
});

describe('safeguard explain', () => {
  it('says who read a release, and what that answered', async (t) => {
    const { s } = await scene(t, {
      policy: asking,
      before: (shelf) => {
        shelf.put(
          'mozilla.toml',
          others + audit('word', 'version = "0.9.0"') + audit('word', 'delta = "0.9.0 -> 1.0.0"'),
        );
        shelf.put('proofs/ann.crev', reviewOf(shelf.ann, { name: 'word', version: '1.0.0' }, 'positive'));
        shelf.put('proofs/x.crev', reviewOf(shelf.stranger, { name: 'word', version: '1.0.0' }, 'negative'));
      },
    });
    await s.download('word', '1.0.0');
    const { code, stdout } = await safeguard(['explain', 'word@1.0.0', '--server', s.mirror.url], {
      cwd: folder(t),
    });
    assert.equal(code, 0, stdout);
    assert.match(
      stdout,
      /review · ask: .*\[answered by cargo-vet, mozilla: mozilla certified it as safe-to-deploy\.\]/,
    );
    assert.match(
      stdout,
      /Who read it\n {2}cargo-vet: safe-to-run by mozilla .*\n {2}cargo-vet: safe-to-deploy by mozilla \(0\.9\.0, 0\.9\.0 → 1\.0\.0\)\n/,
    );
    assert.match(
      stdout,
      /crev: positive on 2024-05-05 by \S{8}… \(https:.*\), trusted high; .*; of just these contents\n/,
    );
    assert.match(stdout, /one review by strangers/);
    const shown = await safeguard(['quarantine', 'show', 'word@1.0.0', '--server', s.mirror.url], {
      cwd: folder(t),
    });
    assert.doesNotMatch(shown.stdout, /The rule `ask` says/);
    assert.match(shown.stdout, /answered by cargo-vet/);
  });
});

describe('what cannot be read', () => {
  it('is named, skipped and counted, the rest works', async (t) => {
    const { s } = await scene(t, {
      before: (shelf) => {
        shelf.put('supply-chain/config.toml', 'this is no TOML');
        shelf.put('supply-chain/audits.toml', others + audit('word', 'violation = "^1"'));
        shelf.put(
          'google.toml',
          `${others}[[audits.word]]\ncriteria = "safe-to-deploy"\nversion = "no version"\n`,
        );
        shelf.put('proofs/broken.crev', '----- BEGIN CREV PROOF -----\nx\n');
      },
    });
    assert.equal((await s.release('word', '1.0.0')).state, 'blocked');
    const updates = await feedUpdates(s);
    const skipped = updates.map(({ source, skipped }) => [String(source).split('/').at(-1), skipped]);
    // They are read at the same time, and said as they come.
    assert.deepEqual(skipped.sort(), [
      ['google.toml', 1],
      ['mozilla.toml', 0],
      ['proofs', 1],
      ['supply-chain', 1],
    ]);
    assert.ok(
      s.mirror.log.some((line) => /config\.toml/.test(line)),
      s.mirror.log.join('\n'),
    );
  });

  it('an organisation that was never read is unknown, and whoever relies on audits may hold for it', async (t) => {
    const { s } = await scene(t, {
      policy: '[audits]\nunknown = "hold"',
      before: (shelf) => shelf.remove('google.toml'),
    });
    const { state, verdict } = await s.release('word', '1.0.0');
    assert.equal(state, 'held');
    assert.match(
      verdict.findings[0]?.message ?? '',
      /^What some cargo-vet audits say is unknown: .*google\.toml/,
    );
  });
});
