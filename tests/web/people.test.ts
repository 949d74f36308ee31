/** What several people do on the pages together: one asks, another decides; a policy is tried; an advisory is looked for. */
/// <reference lib="dom" />
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { closeBrowser, noBrowser, openPage } from '../support/browser.ts';
import { makeCrate } from '../support/crate.ts';
import { get } from '../support/http.ts';
import { lockedApp, lockfileText } from '../support/lockfile.ts';
import { buildPages } from '../support/pages.ts';
import { testProvider } from '../support/provider.ts';
import { stage } from '../support/stage.ts';
import { tempDir } from '../support/temp.ts';
import { startUpstream } from '../support/upstream.ts';
import { inventory, morning, signIn } from './scene.ts';

const skip = noBrowser();
before(() => {
  if (skip === undefined) buildPages();
});
after(() => closeBrowser());

describe('several people on the pages', { skip }, () => {
  test('a build is refused, its developer asks, a reviewer approves, and the build passes', async (t) => {
    const s = await morning(t);
    const { checksum } = await s.release('tool', '1.1.0');
    const lockfile = lockfileText(lockedApp('tool'), { name: 'tool', version: '1.1.0', checksum });
    const project = s.project({ dependencies: { tool: '=1.1.0' }, lockfile });
    const refused = await project.run(['fetch', '--locked']);
    const [, link = ''] = /(http:\S+\/releases\/tool\/1\.1\.0\S*)/.exec(refused.stderr) ?? [];
    assert.notEqual(link, '', 'cargo prints the way to the page');

    const developer = await openPage(s.mirror.url, t);
    await developer.page.goto(link);
    await developer.page.getByRole('main').getByRole('link', { name: 'Sign in' }).click();
    const dana = await s.tokenFor('dana', 'reader');
    await developer.page.getByLabel('Your token').fill(dana);
    await developer.page.getByRole('button', { name: 'Sign in' }).click();
    await developer.page.getByRole('button', { name: 'I need it' }).click();
    await developer.page.getByLabel('What for').fill('The parser of shop.');
    await developer.page.getByRole('button', { name: 'Ask for it' }).click();
    await developer.page.getByText('somebody else decides').waitFor();
    await developer.page.getByRole('button', { name: 'Done' }).click();
    await developer.page.getByText('dana asked for it').waitFor();
    assert.equal(await developer.page.getByRole('button', { name: 'Approve' }).count(), 0);

    const reviewer = await openPage(s.mirror.url, t);
    await signIn(reviewer.page, await s.tokenFor('rita'));
    await reviewer.page.keyboard.press('g');
    await reviewer.page.keyboard.press('r');
    await reviewer.page.getByRole('heading', { name: 'Requests' }).waitFor();
    await reviewer.page.getByText('The parser of shop.').waitFor();
    await reviewer.page.keyboard.press('a');
    await reviewer.page.getByLabel('Why').fill('It fetches what we have.');
    await reviewer.page.keyboard.press('Tab');
    await reviewer.page.keyboard.press('Tab');
    await reviewer.page.keyboard.press('Enter');
    await reviewer.page.getByText('tool 1.1.0 is approved').waitFor();
    await reviewer.page.getByRole('button', { name: 'Done' }).click();
    await reviewer.page.getByText('It is handed out by itself').waitFor();

    // Dana is told on her own page; what is left is its cool-down, which nobody ends.
    await s.pass('4d');
    await signIn(developer.page, dana);
    await developer.page.goto('/');
    const own = developer.page.getByRole('region', { name: 'You asked for' });
    await own.getByText('handed out').waitFor();
    const { code, stderr } = await project.run(['fetch', '--locked']);
    assert.equal(code, 0, stderr);
    assert.deepEqual([...developer.complaints, ...reviewer.complaints], []);
  });

  test('the first admin comes in by a link that is good once, everybody else by the provider', async (t) => {
    const provider = await testProvider(t, 'safeguard', 'hush');
    provider.claims = { email: 'rita@example.org', groups: ['security'] };
    const config = `[oidc]\nissuer = "${provider.issuer}"\nclient-id = "safeguard"\nclient-secret-env = "HUSH"\n[oidc.roles]\nreviewer = ["security"]\n`;
    const s = await morning(t, { config, env: { HUSH: 'hush' } });
    const made = await s.mirror.call('/api/v1/sign-in-links', {
      method: 'POST',
      body: { name: 'olga' },
      token: s.mirror.token(),
    });
    const { link } = (await made.json()) as { link: string };
    const olga = await openPage(s.mirror.url, t);
    await olga.page.goto(link);
    await olga.page.getByText('olga (admin)').waitFor();
    await olga.page.getByRole('heading', { name: 'Today' }).waitFor();
    const second = await openPage(s.mirror.url, t);
    await second.page.goto(link);
    await second.page.getByText('This link was used already').waitFor();
    assert.doesNotMatch(second.page.url(), /once/, 'it is no part of the history');
    await second.page.getByRole('link', { name: /Sign in at 127/ }).click();
    await second.page.getByText('rita@example.org (reviewer)').waitFor();
    provider.claims = { email: 'rita@example.org', groups: [] };
    await second.page.goto('/sign-in');
    await second.page.getByRole('link', { name: /Sign in at 127/ }).click();
    await second.page.getByText('none of your groups has a role here').waitFor();
    assert.deepEqual([...olga.complaints, ...second.complaints], []);
  });

  test('what was asked before something changed does not count, however late it is answered', async (t) => {
    const s = await stage(t);
    s.publish('word', '1.0.0', { pubtime: s.clock.iso() });
    await s.index('word');
    const made = await s.mirror.call('/api/v1/sign-in-links', {
      method: 'POST',
      body: { name: 'olga' },
      token: s.mirror.token(),
    });
    const { link } = (await made.json()) as { link: string };
    const { page, complaints } = await openPage(s.mirror.url, t);
    const late: (() => Promise<void>)[] = [];
    // What is asked, not what is done: signing in goes to the session's address too.
    const holdFirst = async (path: string) => {
      let isHeld = false;
      await page.route(
        ({ pathname }) => pathname === path,
        async (route) => {
          if (isHeld || route.request().method() !== 'GET') return await route.fallback();
          isHeld = true;
          const response = await route.fetch();
          late.push(() => route.fulfill({ response }));
        },
      );
    };
    await holdFirst('/api/v1/session');
    await holdFirst('/api/v1/status');
    await page.goto(link);
    await page.getByText('olga (admin)').waitFor();
    await Promise.all(late.splice(0).map((answer) => answer()));
    await page.getByRole('link', { name: 'Tokens' }).click();
    await page.getByText('olga (admin)').waitFor();
    await holdFirst('/api/v1/requests');
    await page.goto('/releases/word/1.0.0');
    await page.getByRole('button', { name: 'I need it' }).click();
    await page.getByLabel('What for').fill('For shop.');
    await page.getByRole('button', { name: 'Ask for it' }).click();
    await page.getByRole('button', { name: 'Done' }).click();
    await page.getByText('olga asked for it').waitFor();
    assert.equal(late.length, 1);
    assert.deepEqual(complaints, []);
  });

  test('who asked for a release is shown no way to approve of it', async (t) => {
    const s = await morning(t);
    await inventory(s);
    const { page, complaints } = await openPage(s.mirror.url, t);
    await signIn(page, s.mirror.token());
    await page.goto('/requests');
    await page.getByText('You asked for it: somebody else decides.').waitFor();
    await page.keyboard.press('a');
    assert.equal(await page.getByRole('dialog').count(), 0);
    for (const path of ['/releases/tool/1.1.0', '/quarantine?state=review']) {
      await page.goto(path);
      await page.getByText('You asked for it: somebody else approves of it.').waitFor();
      const approve = page.getByRole('button', { name: 'Approve' });
      assert.equal((await approve.count()) === 0 || (await approve.isDisabled()), true, path);
      await page.keyboard.press('a');
      assert.equal(await page.getByRole('dialog').count(), 0);
    }
    await page.goto('/requests');
    await page.getByRole('link', { name: 'handed out' }).click();
    await page.getByText('Nothing is like that').waitFor();
    assert.deepEqual(complaints, []);
  });

  test('who asked for a release may approve of one of that name in another registry', async (t) => {
    const other = await startUpstream();
    t.after(() => other.close());
    const s = await morning(t, { others: { other: other.indexUrl } });
    other.publish(makeCrate({ name: 'tool', version: '1.1.0' }), { pubtime: s.clock.iso() });
    await get(`${s.mirror.url}/registries/other/index/to/ol/tool`);
    const body = { registry: 'other', crate: 'tool', version: '1.1.0', reason: 'For shop.' };
    const asked = await s.mirror.call('/api/v1/requests', { method: 'POST', body, token: s.mirror.token() });
    assert.equal(asked.status, 200, await asked.text());
    const { page, complaints } = await openPage(s.mirror.url, t);
    await signIn(page, s.mirror.token());
    const questions: string[] = [];
    page.on('request', (one) => {
      if (one.url().includes('/api/v1/requests')) questions.push(one.url());
    });
    await page.goto('/releases/tool/1.1.0', { waitUntil: 'networkidle' });
    await page.getByRole('button', { name: 'Approve' }).waitFor();
    await page.getByRole('button', { name: 'I need it' }).waitFor();
    assert.equal(questions.length, 1, String(questions));
    await page.goto('/releases/tool/1.1.0?registry=other');
    await page.getByText('asked for it').waitFor();
    assert.deepEqual(complaints, []);
  });

  test('a rule is tightened, and its cost is seen before', async (t) => {
    const s = await morning(t);
    await s.pass('4d');
    const { page, complaints } = await openPage(s.mirror.url, t);
    await signIn(page, s.mirror.token());
    await page.goto('/policy');
    await page.getByLabel('Find a setting').fill('cooldown.release');
    // Others have it, too, until the list is narrowed down.
    const row = page.getByRole('row', { name: /^cooldown\.release / });
    await row.getByRole('cell', { name: '"3d"' }).waitFor();
    await page.getByRole('link', { name: 'Change it' }).click();
    await page.getByLabel('The policy, as TOML').fill('[cooldown]\nrelease = "30d"\n');
    await page.getByRole('button', { name: 'Try it' }).click();
    await page.getByText(/1 of 2 releases would have ended otherwise/).waitFor();
    await page.getByRole('link', { name: 'word 1.1.0' }).waitFor();
    await page.getByLabel('The policy, as TOML').fill('[cooldown]\nrelaese = "30d"\n');
    await page.getByRole('button', { name: 'Try it' }).click();
    await page.getByText('did you mean').waitFor();
    assert.equal(await page.getByRole('button', { name: 'Put it in force' }).count(), 0, 'there is no file');
    assert.deepEqual(complaints, []);
  });

  test('a policy is changed by form, tried, put in force, and taken back', async (t) => {
    const policyFile = join(tempDir(t), 'safeguard.toml');
    writeFileSync(policyFile, '# agreed\n');
    const s = await morning(t, { policyFile, policy: '# agreed\n' });
    await s.pass('4d');
    const { page, complaints } = await openPage(s.mirror.url, t);
    await signIn(page, s.mirror.token());
    await page.goto('/policy?tab=trial');
    const put = page.getByRole('button', { name: 'Put it in force…' });
    await put.waitFor();
    assert.ok(await put.isDisabled(), 'what it costs is seen first');
    await page.getByText('Change a setting by form').click();
    await page.getByLabel('Setting', { exact: true }).selectOption('cooldown.release');
    const value = page.getByLabel('Value, as TOML');
    await value.fill('20d');
    await page.getByRole('button', { name: 'Put it into the text' }).click();
    assert.match(await page.getByLabel('The policy, as TOML').inputValue(), /release = "20d"/);
    // What is typed is tried, put into the text or not.
    await value.fill('30d');
    await page.getByRole('button', { name: 'Try it' }).click();
    await page.getByText(/1 of 2 releases would have ended otherwise/).waitFor();
    await put.click();
    await page.getByLabel('Why').fill('The week of the audit.');
    await page.getByRole('dialog').getByRole('button', { name: 'Put it in force' }).click();
    await page.getByText('The policy is in force and in its file').waitFor();
    await page.getByRole('button', { name: 'Done' }).click();
    assert.equal(readFileSync(policyFile, 'utf8'), '# agreed\n\n[cooldown]\nrelease = "30d"\n');
    await page.getByRole('link', { name: 'History' }).click();
    await page.getByRole('listitem').first().getByText('The week of the audit.').waitFor();
    await page.getByRole('listitem').nth(1).locator('summary').click();
    await page.getByRole('link', { name: 'Go back to this one' }).click();
    assert.equal(await page.getByLabel('The policy, as TOML').inputValue(), '# agreed\n');
    await page.getByRole('button', { name: 'Try it' }).click();
    await put.click();
    await page.getByLabel('Why').fill('It is over.');
    await page.getByRole('dialog').getByRole('button', { name: 'Put it in force' }).click();
    await page.getByText('The policy is in force and in its file').waitFor();
    assert.equal(readFileSync(policyFile, 'utf8'), '# agreed\n');
    assert.deepEqual(complaints, []);
  });

  test('what has a release is found as one types, with the way to it and where it runs', async (t) => {
    const s = await morning(t);
    await inventory(s);
    const { page, complaints } = await openPage(s.mirror.url, t);
    await signIn(page, s.mirror.token());
    await page.keyboard.press('g');
    await page.keyboard.press('f');
    await page.getByRole('heading', { name: 'Affected' }).waitFor();
    await page.keyboard.press('/');
    await page.keyboard.type('calm@1');
    await page.getByText('Yes, it is here').waitFor();
    await page.getByText('shop › word › calm').waitFor();
    await page.waitForURL(/of=calm/);
    await page.getByRole('link', { name: 'shop 2.1.0' }).click();
    await page.getByRole('heading', { name: 'C libraries and others (1)' }).waitFor();
    await page.getByLabel('Only components with').fill('zlib');
    await page.getByText('1 of 4 components').waitFor();
    await page.goto('/running');
    await page.getByText('1 to be restarted').waitFor();
    await page.getByText('1 from no package').waitFor();
    assert.deepEqual(complaints, []);
  });
});
