/** Who is told that a person decides can have a person decide: by whom, on what, until when, and on nothing else. */
import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import type { DecisionJson, ReleaseJson } from '../../src/server/contract.ts';
import { folder, safeguard } from '../cli/support.ts';
import { advisories, old } from '../support/check.ts';
import { type DatabaseName, databases, type Stage, type StageOptions, stage } from '../support/stage.ts';

const fetching = 'fn main() { let _ = std::net::TcpStream::connect("downloads.invalid:80"); }';
const running = 'fn main() { let _ = std::process::Command::new("make").status(); }';
const parts = { crate: 'parts', version: '1.1.0' };

/** 1.1.0 waits for a review: its build script speaks to the network, and that of 1.0.0 did not. */
async function scene(t: TestContext, options: StageOptions = {}): Promise<Stage> {
  // How long the machine takes over a test is no matter here.
  const s = await stage(t, { config: '[limits]\nunfollowed = "1h"\n', ...options });
  s.publish('parts', '1.0.0', old);
  s.publish('parts', '1.1.0', { buildScript: fetching, ...old });
  assert.equal((await s.download('parts', '1.1.0')).status, 403);
  return s;
}

const stateOf = async (s: Stage, version = '1.1.0') => (await s.release('parts', version)).state;
const decisionsOf = async (s: Stage) =>
  (await (await s.mirror.call('/api/v1/quarantine/decisions?crate=parts')).json()) as {
    decisions: readonly DecisionJson[];
  };

for (const { name, skip } of databases) {
  describe(`decisions on ${name}`, { skip }, () => {
    const start = (t: TestContext, more: StageOptions = {}) =>
      scene(t, { database: name as DatabaseName, ...more });

    it('are named in the refusal, made, listed, logged and taken back', async (t) => {
      const s = await start(t);
      const refusal = await s.download('parts', '1.1.0');
      assert.match(refusal.text, /^Ends: when a person approves of it, or rejects it:$/m);
      assert.match(refusal.text, /^ {2}safeguard quarantine approve parts@1\.1\.0 --reason "…"$/m);

      const anna = await s.tokenFor('anna');
      const answer = await s.act('approve', { ...parts, reason: 'read build.rs' }, anna);
      assert.equal(answer.status, 200, answer.text);
      assert.match(answer.text, /parts 1\.1\.0 is approved: it is handed out\./);
      assert.equal((await s.download('parts', '1.1.0')).status, 200);
      assert.deepEqual(await s.offered('parts'), ['1.0.0', '1.1.0']);
      const { verdict } = await s.release('parts', '1.1.0');
      const [finding] = verdict.findings.filter(({ rule }) => rule === 'capability-added');
      assert.deepEqual(
        [finding?.effect, finding?.answered?.by, finding?.answered?.who, finding?.answered?.says],
        ['review', 'people', ['anna'], 'anna on 2026-08-01: read build.rs'],
      );
      const [decided] = (await decisionsOf(s)).decisions;
      assert.deepEqual(
        [decided?.kind, decided?.by, decided?.reason, decided?.standing, decided?.answers.length],
        ['approve', 'anna', 'read build.rs', 'stands', 1],
      );
      await s.restart();
      assert.equal(await stateOf(s), 'promoted');

      const back = await s.act('take-back', { ...parts, reason: 'the wrong file' }, await s.tokenFor('ben'));
      assert.equal(back.status, 200, back.text);
      assert.equal(await stateOf(s), 'review');
      assert.equal((await s.download('parts', '1.1.0')).status, 403);
      const [taken] = (await decisionsOf(s)).decisions;
      assert.deepEqual([taken?.standing, taken?.takenBack?.by], ['taken-back', 'ben']);
      const { log } = await s.report('parts', '1.1.0');
      assert.deepEqual(
        log.filter(({ event }) => event !== 'appeared').map(({ event, actor, to }) => [event, actor, to]),
        [
          ['judged', 'download', 'review'],
          ['approved', 'anna', null],
          ['judged', 'anna', 'promoted'],
          ['taken-back', 'ben', null],
          ['judged', 'ben', 'review'],
        ],
      );
      assert.equal((await s.act('take-back', parts)).status, 409);
    });

    it('end by themselves, and need people whose tokens live', async (t) => {
      const s = await start(t, { policy: '[decisions]\npeople = 2' });
      assert.match(
        (await s.download('parts', '1.1.0')).text,
        /^Ends: when 2 different people approve of it/m,
      );
      const anna = await s.tokenFor('anna');
      const admin = s.mirror.token();
      const one = await s.act('approve', { ...parts, until: '2026-08-10' }, anna);
      assert.match(one.text, /anna's yes to parts 1\.1\.0 is recorded; 2 different people have to say it/);
      await s.act('approve', { ...parts, until: '2026-08-10' }, anna);
      assert.equal(await stateOf(s), 'review', 'one person is one');
      const twin = await s.mirror.call('/api/v1/tokens', {
        method: 'POST',
        body: { name: 'Anna' },
        token: admin,
      });
      assert.equal(twin.status, 400, 'a name in another case is the same person');
      const second = await s.mirror.call('/api/v1/tokens', {
        method: 'POST',
        body: { name: 'laptop', owner: 'Anna', role: 'reviewer' },
        token: admin,
      });
      const { token: laptop } = (await second.json()) as { token: string };
      await s.act('approve', { ...parts, until: '2026-08-10' }, laptop);
      assert.equal(await stateOf(s), 'review', 'whichever of her tokens she uses');
      const session = await s.mirror.call('/api/v1/session', { token: laptop });
      assert.equal(((await session.json()) as { who: { name: string } }).who.name, 'Anna');
      await s.mirror.call('/api/v1/tokens/laptop', { method: 'DELETE', token: admin });
      await s.mirror.call('/api/v1/tokens/anna', { method: 'DELETE', token: admin });
      const ben = await s.tokenFor('ben');
      await s.act('approve', parts, ben);
      assert.equal(
        await stateOf(s),
        'review',
        'a yes dies with its author’s token while it waits for others',
      );
      await s.act('approve', { ...parts, until: '2026-08-10' }, await s.tokenFor('cora'));
      assert.equal(await stateOf(s), 'promoted');
      await s.pass('1m');
      await s.mirror.call('/api/v1/tokens/ben', { method: 'DELETE', token: admin });
      assert.equal(await stateOf(s), 'promoted', 'who leaves later takes no decision back');
      await s.pass('10d');
      assert.equal(await stateOf(s), 'review', 'the tenth of August is there');
      assert.equal((await s.download('parts', '1.1.0')).status, 403);
    });
  });
}

describe('a yes', () => {
  it('is seen by the other replica with the next look at the log', {
    skip: databases[1]?.skip,
  }, async (t) => {
    const s = await scene(t, { database: 'PostgreSQL' });
    const other = await s.replica();
    const path = '/crates/parts/1.1.0/download';
    assert.equal((await other.call(path)).status, 403);
    await s.act('approve', parts);
    await other.tick();
    assert.equal((await other.call(path)).status, 200);
    await s.act('reject', parts);
    await other.tick();
    assert.equal((await other.call(path)).status, 403);
  });

  it('is bound to what was found: another finding, or other evidence, asks again', async (t) => {
    const s = await scene(t);
    await s.act('approve', parts);
    assert.equal(await stateOf(s), 'promoted');
    s.publish('parts', '1.0.5', { buildScript: 'fn main() {}', ...old });
    await s.pass('1h');
    await s.mirror.settle();
    assert.equal(await stateOf(s), 'review', 'it is compared with another release');
    await s.act('approve', parts);
    assert.equal(await stateOf(s), 'promoted');
    await s.restart({
      policy: '[[rule]]\nid = "all"\nwhen = "true"\neffect = "review"\nmessage = "Look at it."',
    });
    await s.mirror.settle();
    assert.equal(await stateOf(s), 'review', 'the policy asks something else');
    await s.act('approve', parts);
    assert.equal(await stateOf(s), 'promoted');
  });

  it('and to the bytes', async (t) => {
    const s = await scene(t);
    await s.act('approve', parts);
    s.upstream.alterChecksum('parts', '1.1.0', 'f'.repeat(64));
    await s.pass('1h');
    assert.equal(await stateOf(s), 'blocked');
    const again = await s.act('approve', parts);
    assert.match(again.text, /it stays refused: a rule denies it that no yes answers/);
    assert.equal(await stateOf(s), 'blocked');
  });

  it('ends no cool-down', async (t) => {
    const s = await scene(t);
    s.publish('parts', '1.2.0', { buildScript: running, pubtime: s.clock.iso() });
    await s.pass('1h');
    await s.mirror.settle();
    assert.equal(await stateOf(s, '1.2.0'), 'review');
    const answer = await s.act('approve', { crate: 'parts', version: '1.2.0' });
    assert.match(answer.text, /its cool-down goes on/);
    assert.equal(await stateOf(s, '1.2.0'), 'held');
    assert.equal((await s.download('parts', '1.2.0')).status, 403);
    await s.pass('3d');
    assert.equal((await s.download('parts', '1.2.0')).status, 200);
  });

  it('softens neither malice nor a block', async (t) => {
    const list = advisories(t, {
      id: 'RUSTSEC-2026-0001',
      crate: 'parts',
      patched: '">=2"',
      more: 'categories = ["malicious"]\nkeywords = ["malware"]',
    });
    const s = await scene(t);
    await s.act('approve', parts);
    await s.act('block', parts);
    assert.equal(await stateOf(s), 'blocked');
    await s.act('approve', parts);
    assert.equal(await stateOf(s), 'blocked');
    await s.act('unblock', parts);
    assert.equal(await stateOf(s), 'promoted');
    await s.restart({ advisoryDatabases: [list] });
    await s.mirror.settle();
    await s.mirror.settle();
    assert.equal(await stateOf(s), 'blocked');
    await s.act('approve', parts);
    assert.equal(await stateOf(s), 'blocked');
  });

  it('has a question to answer', async (t) => {
    const s = await scene(t);
    const none = await s.act('approve', { crate: 'parts', version: '1.0.0' });
    assert.equal(none.status, 409);
    assert.match(none.text, /There is nothing to decide on parts 1\.0\.0: it is promoted/);
    assert.equal((await s.act('approve', { crate: 'parts', version: '9.9.9' })).status, 409);
    assert.equal((await s.act('approve', { crate: 'parts' })).status, 400);
    assert.equal((await s.act('approve', { ...parts, until: '2026-07-01' })).status, 409);
    assert.equal((await s.act('approve', { ...parts, until: 'soon' })).status, 400);
    assert.equal((await s.act('approve', parts, null)).status, 401);
  });
});

describe('a no', () => {
  it('stays whatever is found, outweighs every yes, and can be taken back', async (t) => {
    const s = await scene(t);
    await s.act('approve', parts);
    const no = await s.act('reject', { ...parts, reason: 'nobody knows that host' });
    assert.equal(no.status, 200, no.text);
    const refusal = await s.download('parts', '1.1.0');
    assert.match(refusal.text, /^Rule decisions: admin rejected it on 2026-08-01: nobody knows that host$/m);
    await s.act('approve', parts);
    assert.equal(await stateOf(s), 'blocked');
    await s.restart({ policy: '[capability-added]\nnetwork = "allow"' });
    await s.mirror.settle();
    assert.equal(await stateOf(s), 'blocked', 'also where nothing is found any more');
    await s.act('take-back', parts);
    assert.equal(await stateOf(s), 'promoted');
  });
});

describe('a gate', () => {
  it('by the server’s facts knows what people decided there', async (t) => {
    const s = await scene(t);
    await s.act('approve', parts);
    const answer = await s.mirror.call('/api/v1/facts', {
      method: 'POST',
      body: {
        packages: [
          {
            ...parts,
            source: 'registry+https://github.com/rust-lang/crates.io-index',
            bytes: true,
          },
        ],
      },
    });
    const { packages } = (await answer.json()) as { packages: { facts: { decisions: { kind: string } } }[] };
    assert.equal(packages[0]?.facts.decisions.kind, 'known');
  });
});

describe('the list of what waits', () => {
  it('begins with what most wait for', async (t) => {
    const s = await stage(t);
    for (const crate of ['few', 'many', 'none']) {
      s.publish(crate, '1.0.0', old);
      s.publish(crate, '1.1.0', { buildScript: fetching, ...old });
    }
    await s.release('none', '1.1.0');
    for (const crate of ['few', 'many', 'many', 'many']) await s.download(crate, '1.1.0');
    const list = async () => {
      const answer = await s.mirror.call('/api/v1/quarantine?state=review');
      const { releases } = (await answer.json()) as { releases: readonly ReleaseJson[] };
      return releases.map(({ crate, waiting }) => [crate, waiting]);
    };
    assert.deepEqual(await list(), [
      ['many', 3],
      ['few', 1],
      ['none', 0],
    ]);
    await s.download('few', '1.1.0');
    await s.restart();
    assert.deepEqual((await list())[1], ['few', 2], 'also over a restart');
    await s.act('approve', { crate: 'many', version: '1.1.0' });
    await s.pass('1h');
    await s.act('take-back', { crate: 'many', version: '1.1.0' });
    assert.deepEqual(await list(), [
      ['few', 2],
      ['many', 0],
      ['none', 0],
    ]);
  });
});

describe('what people type', () => {
  const typed = 'first\nsecond \u001b[31mred\u001b[0m \u202edlrow\u2066 \u0007bell\r\n\u2028end';

  it('is shown on one line of cargo’s output, and does nothing there', async (t) => {
    const s = await scene(t);
    for (const act of ['reject', 'block'] as const) {
      await s.act(act, { ...parts, reason: typed });
      const { text } = await s.download('parts', '1.1.0');
      const lines = text.split('\n');
      assert.ok(
        lines.some((line) => /: first\\nsecond \\u\{1b\}\[31mred/.test(line)),
        text,
      );
      assert.doesNotMatch(text.replaceAll('\n', ''), /[\p{Cc}\p{Cf}\u2028\u2029]/u);
      assert.ok(text.includes('\\u{202e}dlrow\\u{2066}'), text);
    }
  });

  it('does nothing in the log, in what commands print, and in JSON', async (t) => {
    const s = await scene(t);
    await s.act('approve', { ...parts, reason: typed });
    await s.act('block', { ...parts, version: '9.9.9-\u001b[31m\u202e', reason: typed });
    await s.act('reject', { ...parts, reason: typed });
    const harmless = (text: string) =>
      assert.doesNotMatch(text, /[^\P{Cc}\n]|[\p{Bidi_Control}\u2028\u2029]/u);
    const about = s.mirror.log.filter((line) => line.includes('first'));
    assert.ok(about.length > 0);
    for (const line of s.mirror.log) {
      harmless(line);
      assert.ok(!line.includes('\nsecond') && !line.includes('\n  second'), line);
    }
    const cwd = folder(t);
    const env = { SAFEGUARD_TOKEN: s.mirror.token() };
    for (const line of [
      'quarantine list',
      'quarantine list --state review',
      'quarantine decisions',
      'quarantine show parts@1.1.0',
      'explain parts@1.1.0',
      'explain parts@1.1.0 --format markdown',
      'mirror status',
    ]) {
      const { stdout, stderr } = await safeguard([...line.split(' '), '--server', s.mirror.url], {
        cwd,
        env,
      });
      harmless(stdout + stderr);
      assert.ok(stdout.length > 0, line + stderr);
    }
    const shown = await safeguard(['quarantine', 'show', 'parts@1.1.0', '--server', s.mirror.url], {
      cwd,
      env,
    });
    assert.match(shown.stdout, /first/);
    const json = await (await s.mirror.call('/api/v1/releases/parts/1.1.0')).text();
    assert.doesNotMatch(json, /\p{Cc}/u);
    assert.ok(JSON.stringify(JSON.parse(json)).includes(JSON.stringify(typed).slice(1, -1)));
  });
});
