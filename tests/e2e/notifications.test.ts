/** Who is told when a release that was handed out is not any more: once each, whatever happens in between. */
import assert from 'node:assert/strict';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { Webhook } from 'standardwebhooks';
import { type NotificationJson, notificationSchema } from '../../src/registry/notify/payload.ts';
import type { StatusJson } from '../../src/server/contract.ts';
import { type HttpSink, httpSink, type MailSink, mailSink } from '../support/sinks.ts';
import { type DatabaseName, databases, type Stage, stage } from '../support/stage.ts';
import { tempDir } from '../support/temp.ts';
import { selfSigned } from '../support/tls.ts';

const secret = `whsec_${Buffer.from('0123456789abcdefghijklmnopqrstuv').toString('base64')}`;
const password = 'correct horse battery staple';
const slackPath = '/services/T000/B000/XXXXXXXXXXXX';
const env = { HOOK_SECRET: secret, MAIL_PASSWORD: password };
const old = '2024-01-01T00:00:00Z';

interface Told {
  readonly at: Stage;
  readonly hook: HttpSink;
  readonly chat: HttpSink;
  readonly mail: MailSink;
  /** Writes an advisory on every version of a crate and lets it be read. */
  advise(id: string, crate: string, more?: string): Promise<void>;
  withdraw(id: string, crate: string): Promise<void>;
  /** Lets what is due be delivered. */
  deliver(): Promise<void>;
  payloads(): NotificationJson[];
}

async function scene(
  t: TestContext,
  database: DatabaseName,
  options: { config?: string; policy?: string } = {},
): Promise<Told> {
  const folder = join(tempDir(t), 'db');
  const write = (id: string, crate: string, more: string) => {
    mkdirSync(join(folder, 'crates', crate), { recursive: true });
    const text = `\`\`\`toml\n[advisory]\nid = "${id}"\npackage = "${crate}"\ndate = "2026-08-01"\n${more}\n[versions]\npatched = []\n\`\`\`\n\n# It lets <others> in\n\nIn short.\n`;
    writeFileSync(join(folder, 'crates', crate, `${id}.md`), text);
  };
  // A database may not lose much of itself at once.
  for (let i = 0; i < 9; i++) write(`RUSTSEC-2026-010${i}`, `other-${i}`, '');
  const [hook, chat, mail] = [await httpSink(t), await httpSink(t), await mailSink(t)];
  const config = `
public-url = "https://crates.example.com"
advisory-db = [${JSON.stringify(folder)}]
[[notify]]
kind = "webhook"
name = "hook"
url = "${hook.url}"
secret-env = "HOOK_SECRET"
[[notify]]
kind = "slack"
name = "chat"
url-env = "CHAT_URL"
[[notify]]
kind = "email"
name = "mail"
host = "127.0.0.1"
port = ${mail.port}
tls = "none"
from = "Safeguard <safeguard@example.com>"
to = ["team@example.com", "lead@example.com"]
${options.config ?? ''}`;
  const at = await stage(t, {
    database,
    start: '2026-08-10T00:00:00Z',
    config,
    env: { ...env, CHAT_URL: new URL(slackPath, chat.url).href },
    ...(options.policy === undefined ? {} : { policy: options.policy }),
  });
  // Without a first reading, all is held.
  await at.pass(0);
  return {
    at,
    hook,
    chat,
    mail,
    async advise(id, crate, more = 'cvss = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"') {
      write(id, crate, more);
      await at.pass('1h');
    },
    async withdraw(id, crate) {
      rmSync(join(folder, 'crates', crate, `${id}.md`));
      await at.pass('1h');
    },
    async deliver() {
      at.clock.advance('10s');
      await at.mirror.notify();
    },
    payloads: () => hook.posted.map(({ body }) => notificationSchema.parse(JSON.parse(body))),
  };
}

/** A crate whose releases are in use: judged with their bytes, and handed out. */
async function inUse(at: Stage, name: string, ...versions: string[]): Promise<void> {
  for (const version of versions) at.publish(name, version, { pubtime: old });
  for (const version of versions) assert.equal((await at.download(name, version)).status, 200);
}

async function status(at: Stage): Promise<StatusJson> {
  return (await (await at.mirror.call('/api/v1/status')).json()) as StatusJson;
}

for (const { name: database, skip } of databases) {
  describe(`notifications on ${database}`, { skip }, () => {
    it('tell a webhook, a chat and mailboxes of an advisory, once, over a restart', async (t) => {
      const told = await scene(t, database);
      const { at, hook, chat, mail } = told;
      await inUse(at, 'Victim', '1.0.0', '1.1.0');
      await told.deliver();
      assert.equal(hook.posted.length, 0, 'nothing was found yet');
      await told.advise('RUSTSEC-2026-0002', 'Victim');
      await told.deliver();

      const [post] = hook.posted;
      assert.ok(post);
      t.mock.timers.enable({ apis: ['Date'], now: at.clock.now() });
      const verified = new Webhook(secret).verify(post.body, post.headers as Record<string, string>);
      t.mock.timers.reset();
      const { type, data } = notificationSchema.parse(verified);
      assert.equal(type, 'findings');
      assert.equal(data.summary, '2 releases of Victim are not handed out any more (vulnerability).');
      const [finding] = data.findings;
      assert.deepEqual(finding?.versions, ['1.0.0', '1.1.0']);
      assert.deepEqual([finding.effect, finding.state], ['deny', 'blocked']);
      assert.equal(finding.advisory, 'RUSTSEC-2026-0002');
      assert.match(finding.next, /\w/);
      assert.equal(finding.page, 'https://crates.example.com/releases/Victim/1.0.0');

      assert.equal(chat.posted[0]?.path, slackPath);
      const message = JSON.parse(chat.posted[0].body) as {
        text: string;
        blocks: { text: { text: string } }[];
      };
      assert.match(message.text, /2 releases of Victim/);
      const said = message.blocks.map(({ text }) => text.text).join('\n');
      assert.match(said, /Victim 1\.0\.0, 1\.1\.0/);
      assert.match(said, /lets &lt;others&gt; in/);
      assert.match(said, /What to do: /);
      assert.match(said, /https:\/\/crates\.example\.com\//);

      const [letter] = mail.mails;
      assert.deepEqual(letter?.to, ['team@example.com', 'lead@example.com']);
      assert.equal(letter.from, 'safeguard@example.com');
      assert.match(letter.text, /^Subject: Safeguard: 2 releases of Victim/m);
      assert.match(
        letter.text,
        new RegExp(`^Message-ID: <${String(post.headers['webhook-id'])}@example.com>`, 'm'),
      );

      // Neither time nor a restart nor a policy that says the same tells it again.
      await at.pass('2h');
      await at.restart({ policy: '[cooldown]\nrelease = "4d"\n' });
      await at.pass('2h');
      await told.deliver();
      assert.deepEqual([hook.posted.length, chat.posted.length, mail.mails.length], [1, 1, 1]);
    });

    it('make one message of an advisory on a crate of 200 releases', async (t) => {
      const told = await scene(t, database);
      const versions = Array.from({ length: 200 }, (_, i) => `1.${i}.0`);
      for (const version of versions) told.at.publish('victim', version, { pubtime: old });
      await told.at.index('victim');
      await told.advise('RUSTSEC-2026-0002', 'victim');
      await told.deliver();
      const [payload, ...others] = told.payloads();
      assert.equal(others.length, 0);
      assert.equal(payload?.data.releases, 200);
      const [finding] = payload.data.findings;
      assert.equal((finding?.versions.length ?? 0) + (finding?.moreVersions ?? 0), 200);
      assert.ok((told.hook.posted[0]?.body.length ?? 0) < 20_000);
      assert.equal(told.mail.mails.length, 1);
    });

    it('make one message of a new policy over many crates', async (t) => {
      const told = await scene(t, database);
      const names = Array.from({ length: 40 }, (_, i) => `crate-${i}`);
      for (const name of names) {
        told.at.publish(name, '1.0.0', { pubtime: old });
        await told.at.index(name);
      }
      const banned = names.map((name) => `{ name = "${name}", reason = "not here" }`).join(', ');
      await told.at.restart({ policy: `[blocklist]\ncrates = [${banned}]\n` });
      await told.at.mirror.tick();
      await told.deliver();
      const [payload, ...others] = told.payloads();
      assert.equal(others.length, 0);
      assert.deepEqual([payload?.data.releases, payload?.data.crates], [40, 40]);
    });

    it('tell of a second finding, of a deletion, and of what comes back after it had gone', async (t) => {
      const told = await scene(t, database);
      const { at } = told;
      await inUse(at, 'victim', '1.0.0');
      await told.advise('RUSTSEC-2026-0002', 'victim');
      await told.deliver();
      await told.advise('RUSTSEC-2026-0003', 'victim', 'categories = ["malicious"]');
      await told.deliver();
      assert.deepEqual(
        told.payloads().map(({ data }) => data.findings.map(({ rule }) => rule)),
        [['vulnerability'], ['malicious']],
      );
      await told.withdraw('RUSTSEC-2026-0003', 'victim');
      await told.withdraw('RUSTSEC-2026-0002', 'victim');
      assert.equal((await at.release('victim', '1.0.0')).state, 'promoted');
      await told.advise('RUSTSEC-2026-0002', 'victim');
      await told.deliver();
      assert.equal(told.payloads().length, 3, 'it had been handed out again');

      await inUse(at, 'gone', '1.0.0');
      await inUse(at, 'stays', '1.0.0');
      at.upstream.deleteRelease('gone', '1.0.0');
      await at.pass('1h');
      await told.deliver();
      const [finding] = told.payloads().at(-1)?.data.findings ?? [];
      assert.deepEqual([finding?.crate, finding?.rule, finding?.state], ['gone', 'withdrawn', 'withdrawn']);
    });

    it('say nothing of what was never handed out', async (t) => {
      const told = await scene(t, database);
      await inUse(told.at, 'fresh', '1.0.0');
      told.at.publish('fresh', '1.1.0', { pubtime: told.at.clock.iso() });
      await told.at.pass('1h');
      assert.equal((await told.at.release('fresh', '1.1.0')).state, 'held');
      await told.at.act('block', { crate: 'fresh', version: '1.1.0' });
      await told.deliver();
      assert.equal(told.hook.posted.length, 0);
    });

    it('are tried again with the same id, and given up after 24 hours with an alarm', async (t) => {
      const told = await scene(t, database);
      const { at, hook, chat } = told;
      await inUse(at, 'victim', '1.0.0');
      hook.answer(500);
      chat.answer(429, { 'retry-after': '600' });
      await at.act('block', { crate: 'victim' });
      await told.deliver();
      assert.deepEqual([hook.posted.length, chat.posted.length], [1, 1]);
      at.clock.advance('29s');
      await at.mirror.notify();
      assert.equal(hook.posted.length, 1, 'not yet');
      at.clock.advance('1s');
      await at.mirror.notify();
      assert.deepEqual([hook.posted.length, chat.posted.length], [2, 1], 'the chat asked for patience');
      await at.restart();
      at.clock.advance('10m');
      chat.answer(200);
      await at.mirror.notify();
      assert.deepEqual([hook.posted.length, chat.posted.length], [3, 2]);
      assert.equal(new Set(hook.posted.map(({ headers }) => headers['webhook-id'])).size, 1);
      assert.equal(new Set(hook.posted.map(({ body }) => body)).size, 1);
      const waiting = (await status(at)).notify.find(({ name }) => name === 'hook');
      assert.deepEqual([waiting?.waiting, waiting?.error], [1, 'it answered with status 500']);
      for (let hour = 0; hour < 24; hour++) {
        at.clock.advance('1h');
        await at.mirror.notify();
      }
      const [tries, { notify, alarms }] = [hook.posted.length, await status(at)];
      assert.ok(tries > 20, `${tries} tries`);
      const given = notify.find(({ name }) => name === 'hook');
      assert.deepEqual([given?.waiting, given?.givenUp], [0, 1]);
      assert.ok(alarms.some(({ message }) => message.includes('hook could not be told for 24 hours')));
      assert.match(
        await (await at.mirror.call('/metrics')).text(),
        /safeguard_notifications\{target="hook",outcome="given-up"\} 1/,
      );
      at.clock.advance('2h');
      await at.mirror.notify();
      assert.equal(hook.posted.length, tries);
    });

    it('do not wait for a target that is configured no more', async (t) => {
      const told = await scene(t, database);
      const { at, hook } = told;
      await inUse(at, 'victim', '1.0.0');
      const delivery = {
        notification: 'msg_bad',
        at: at.clock.now(),
        dueAt: at.clock.now(),
        attempts: 0,
        error: null,
        outcome: 'pending',
        endedAt: null,
      } as const;
      await at.mirror.server.store.write(async (tx) => {
        await tx.putDeliveries([{ ...delivery, target: 'gone' }]);
      });
      await at.act('block', { crate: 'victim' });
      await told.deliver();
      assert.equal(hook.posted.length, 1);
      const { notify } = await status(at);
      const gone = notify.find(({ name }) => name === 'gone');
      assert.deepEqual([gone?.kind, gone?.waiting], [null, 1]);
      assert.match(gone?.error ?? '', /no \[\[notify\]\] of that name/);
    });

    it('delay nothing where a target is silent', async (t) => {
      const told = await scene(t, database);
      const { at, hook } = told;
      await inUse(at, 'victim', '1.0.0');
      hook.answer('silence');
      const asked = hook.next();
      await at.act('block', { crate: 'victim' });
      const telling = told.deliver();
      await asked;
      await inUse(at, 'another', '1.0.0');
      await at.act('block', { crate: 'another' });
      await at.pass('1h');
      assert.equal((await at.download('another', '1.0.0')).status, 403);
      await at.mirror.close();
      await telling;
    });

    it('keep secrets out of everything that is written', async (t) => {
      const login = { user: 'safeguard', password };
      const relay = await mailSink(t, { login: { ...login, password: 'another' } });
      const config = `
[[notify]]
kind = "email"
name = "relay"
host = "127.0.0.1"
port = ${relay.port}
tls = "none"
user = "safeguard"
password-env = "MAIL_PASSWORD"
from = "safeguard@example.com"
to = ["team@example.com"]
`;
      const told = await scene(t, database, { config });
      const { at, hook, chat } = told;
      await inUse(at, 'victim', '1.0.0');
      hook.answer(500);
      chat.answer(404);
      await at.act('block', { crate: 'victim' });
      await told.deliver();
      const tested = await at.mirror.call('/api/v1/notify/test', {
        method: 'POST',
        token: at.mirror.token(),
        body: {},
      });
      const written = [
        ...at.mirror.log,
        JSON.stringify(await status(at)),
        await tested.text(),
        await (await at.mirror.call('/metrics')).text(),
        JSON.stringify(await at.mirror.server.store.deliveryCounts()),
      ].join('\n');
      assert.match(written, /relay could not be told: .*535/);
      for (const hidden of [secret, secret.slice(6), password, 'XXXXXXXXXXXX'])
        assert.ok(!written.includes(hidden), hidden);
    });

    if (database === 'PostgreSQL') {
      it('tell once where replicas share the work', async (t) => {
        const told = await scene(t, database);
        const { at, hook } = told;
        const other = await at.replica();
        await inUse(at, 'victim', '1.0.0');
        await at.act('block', { crate: 'victim' });
        await other.tick();
        at.clock.advance('10s');
        await Promise.all([at.mirror.notify(), other.notify(), at.mirror.notify(), other.notify()]);
        assert.equal(hook.posted.length, 1);
      });
    }
  });
}

describe('mails', () => {
  const config = (port: number, more = '') =>
    `[[notify]]\nkind = "email"\nname = "mail"\nhost = "localhost"\nport = ${port}\nuser = "safeguard"\npassword-env = "MAIL_PASSWORD"\nfrom = "safeguard@example.com"\nto = ["team@example.com"]\n${more}`;
  const test = async (at: Stage) => {
    const answer = await at.mirror.call('/api/v1/notify/test', {
      method: 'POST',
      token: at.mirror.token(),
      body: {},
    });
    return ((await answer.json()) as { tests: { error: string | null }[] }).tests[0]?.error;
  };
  const login = { user: 'safeguard', password };

  it('go out encrypted and with a password, after STARTTLS', async (t) => {
    const tls = selfSigned(t);
    const sink = await mailSink(t, { tls, login });
    const at = await stage(t, { config: config(sink.port), env });
    assert.match((await test(at)) ?? '', /certificate/, 'whoever answers must be who it says');
    const before = getCACertificates('default');
    setDefaultCACertificates([...before, tls.cert]);
    t.after(() => setDefaultCACertificates(before));
    assert.equal(await test(at), null);
    assert.deepEqual([sink.mails[0]?.encrypted, sink.mails[0]?.login], [true, 'safeguard']);
    assert.match(sink.mails[0]?.text ?? '', /^Subject: \[test\] Safeguard/m);
    assert.ok(!sink.clear().includes('AUTH'));
  });

  it('do not go out where encryption is not offered', async (t) => {
    const sink = await mailSink(t, { login });
    const at = await stage(t, { config: config(sink.port), env });
    assert.match((await test(at)) ?? '', /STARTTLS|TLS/i);
    assert.equal(sink.mails.length, 0);
    assert.doesNotMatch(sink.clear(), /AUTH|MAIL FROM/);
  });
});
