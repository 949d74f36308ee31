/** What people do on the pages, in a real browser before a real server. */
/// <reference lib="dom" />
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { closeBrowser, noBrowser, openPage } from '../support/browser.ts';
import { buildPages } from '../support/pages.ts';
import { morning, signIn } from './scene.ts';

const skip = noBrowser();
before(() => {
  if (skip === undefined) buildPages();
});
after(() => closeBrowser());

describe('the pages in a browser', { skip }, () => {
  test('from a refused build to an approved release', async (t) => {
    const s = await morning(t);
    const refused = await s.download('tool', '1.1.0');
    const [, link = ''] = /(http:\S+\/releases\/tool\/1\.1\.0\S*)/.exec(refused.text) ?? [];
    assert.notEqual(link, '', `cargo’s refusal has the way to the page: ${refused.text}`);
    const { page, elsewhere, complaints } = await openPage(s.mirror.url, t);
    await page.goto(link);
    await page.getByRole('heading', { name: 'tool 1.1.0' }).waitFor();
    await page.getByText('waits for a review').waitFor();
    assert.equal(await page.getByRole('button', { name: 'Approve' }).count(), 0, 'nobody is signed in');
    await page.getByRole('link', { name: 'Look at the code' }).first().click();
    await page.getByRole('heading', { name: 'Needs somebody’s yes' }).waitFor();
    const headings = await page.getByRole('main').getByRole('heading', { level: 2 }).allTextContents();
    assert.equal(headings[0], 'New since 1.0.0, which is handed out');
    await page.locator('.capabilities section').first().getByText('curl').first().waitFor();
    const source = page.getByRole('region', { name: 'Source of build.rs' });
    await source.getByText('curl').first().waitFor();
    assert.equal(await source.locator('mark.sign').first().textContent(), 'U+202E');
    assert.ok((await source.locator('.c-keyword').count()) > 0, 'the server’s colours are shown');
    await page
      .getByRole('button', { name: /^build\.rs:\d+$/ })
      .first()
      .click();
    await source.locator('.meant').waitFor();
    await page.waitForFunction(() => {
      const line = document.querySelector('.meant')?.getBoundingClientRect();
      return line !== undefined && line.top >= 0 && line.bottom <= window.innerHeight;
    });
    assert.ok(await source.evaluate((shown) => shown === document.activeElement), 'the keys go along');
    await page.getByRole('button', { name: /Differs from 1\.0\.0/ }).click();
    await page.locator('.sides td.is').first().waitFor();
    await page.getByRole('main').getByRole('link', { name: 'Sign in' }).click();
    await page.getByLabel('Your token').fill(s.mirror.token());
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('button', { name: 'Approve' }).click();
    const dialog = page.getByRole('dialog');
    assert.ok(await dialog.getByRole('button', { name: 'Approve' }).isDisabled(), 'a reason is asked for');
    await dialog.getByLabel('Why').fill('Looked at it: it fetches what we have.');
    await dialog.getByRole('button', { name: 'Approve' }).click();
    await dialog.getByRole('button', { name: 'Done' }).click();
    await page.getByText('waits for a review').waitFor({ state: 'detached' });
    assert.notEqual((await s.release('tool', '1.1.0')).state, 'review');
    await page.goto('/audit');
    await page.getByRole('cell', { name: 'approved of a release' }).waitFor();
    await page.getByLabel('Find who or what').fill('fetches what we have');
    await page.waitForURL(/find=fetches/);
    await page.getByText(/^1 of \d+ entries$/).waitFor();
    await page.getByRole('cell', { name: 'approved of a release' }).waitFor();
    assert.deepEqual([elsewhere, complaints], [[], []]);
  });

  test('each finding has a link of its own, beside what was said of earlier releases', async (t) => {
    const s = await morning(t);
    const decided = await s.act('reject', {
      crate: 'tool',
      version: '1.1.0',
      reason: 'Nobody knows that host.',
    });
    assert.equal(decided.status, 200, decided.text);
    const reads = 'let _ = std::env::var("AWS_SECRET_ACCESS_KEY");';
    s.publish('tool', '1.2.0', {
      pubtime: s.clock.iso(),
      buildScript: `fn main() { ${reads} }\n`,
      lib: `pub fn read() { ${reads} }\n`,
    });
    await s.pass('10m');
    await s.download('tool', '1.2.0');
    const { findings } = (await s.release('tool', '1.2.0')).verdict;
    const twice = findings.find(({ rule }, i) => findings.findIndex((one) => one.rule === rule) < i);
    assert.ok(twice !== undefined, 'a rule that found two things');
    const { page, complaints } = await openPage(s.mirror.url, t);
    await page.setViewportSize({ width: 800, height: 300 });
    await page.goto(`/releases/tool/1.2.0#${twice.rule}-2`);
    const meant = page.locator('li.meant');
    await meant.waitFor();
    assert.match((await meant.textContent()) ?? '', new RegExp(twice.message.slice(0, 20)));
    await page.waitForFunction(
      () => (document.querySelector('li.meant')?.getBoundingClientRect().top ?? 999) < 300,
    );
    const links = await page
      .locator('.findings h2 a')
      .evaluateAll((all) => all.map((one) => one.getAttribute('href')));
    assert.equal(new Set(links).size, findings.length);
    await page.getByRole('heading', { name: 'Said of other releases' }).waitFor();
    await page.getByText('Nobody knows that host.').waitFor();
    assert.deepEqual(complaints, []);
  });

  test('the list is decided on by keyboard, many at once, and its address is what it shows', async (t) => {
    const s = await morning(t);
    const { page, complaints } = await openPage(s.mirror.url, t);
    await signIn(page, s.mirror.token());
    await page.getByRole('checkbox', { name: 'refused', exact: true }).uncheck();
    await page.waitForURL(/state=/);
    const rows = page.getByRole('row');
    await page.getByRole('link', { name: 'word 1.1.0' }).waitFor();
    assert.equal(await rows.count(), 3);
    await page.locator('tr.current').getByText('1.0.0 would pass').waitFor();
    await page
      .locator('tr:not(.current)')
      .getByText(/would pass/)
      .first()
      .waitFor();
    for (const key of ['x', 'j', 'x']) await page.keyboard.press(key);
    await page.getByText('2 selected').waitFor();
    await page.getByRole('button', { name: 'Block' }).click();
    await page.getByLabel('Why').fill('A quiet day first.');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Done' }).click();
    await page.getByText('Nothing is like that').waitFor();
    for (const name of ['tool', 'word']) assert.equal((await s.release(name, '1.1.0')).state, 'blocked');
    await page.keyboard.press('g');
    await page.keyboard.press('t');
    await page.getByRole('heading', { name: 'Today' }).waitFor();
    await page.keyboard.press('?');
    await page.getByRole('dialog', { name: 'Keys' }).waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    assert.deepEqual(complaints, []);
  });

  test('one that waits is approved of by keys alone, and the focus is never lost', async (t) => {
    const s = await morning(t);
    const { page, complaints } = await openPage(s.mirror.url, t);
    await signIn(page, s.mirror.token());
    const focused = () => page.evaluate(() => document.activeElement?.tagName);
    for (const key of ['g', 'p']) await page.keyboard.press(key);
    await page.getByText('Nobody approved or rejected a release yet').waitFor();
    assert.equal(await focused(), 'MAIN', 'another page begins at its beginning');
    await page.getByRole('link', { name: 'tool 1.1.0' }).first().focus();
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'What is asked of a person' }).waitFor();
    await page.keyboard.press('a');
    const dialog = page.getByRole('dialog');
    await dialog.getByText('You say yes to this, and to nothing else').waitFor();
    await page.keyboard.type('It fetches what we have.');
    assert.equal(await dialog.getByLabel('Why').inputValue(), 'It fetches what we have.');
    await dialog.getByRole('button', { name: 'Approve' }).focus();
    await page.keyboard.press('Enter');
    await dialog.getByRole('button', { name: 'Done' }).waitFor();
    await page.keyboard.press('Enter');
    await dialog.waitFor({ state: 'detached' });
    assert.equal(await focused(), 'MAIN', 'the button that opened it is gone');
    for (const key of ['g', 'p']) await page.keyboard.press(key);
    await page.getByRole('row', { name: /tool 1\.1\.0 yes .*It fetches what we have/ }).waitFor();
    await page.goto('/quarantine?crate=calm&state=held');
    await page.getByRole('link', { name: /Look for calm among all releases/ }).click();
    await page.getByRole('link', { name: 'calm 1.0.0' }).waitFor();
    assert.deepEqual(complaints, []);
  });

  test('two people end a wait on the pages where the policy lets them', async (t) => {
    const s = await morning(t, { policy: '[cooldown]\nbreak-glass = true\n' });
    for (const name of ['ana', 'ben']) {
      const { page, complaints } = await openPage(s.mirror.url, t);
      await signIn(page, await s.tokenFor(name));
      await page.goto('/releases/word/1.1.0');
      await page.getByRole('button', { name: 'End its wait' }).click();
      await page.getByText('It takes two different people').waitFor();
      await page.getByLabel('Why').fill('Production is down.');
      await page.getByRole('dialog').getByRole('button', { name: 'End its wait' }).click();
      await page.getByRole('button', { name: 'Done' }).click();
      assert.deepEqual(complaints, []);
    }
    assert.equal((await s.release('word', '1.1.0')).state, 'promoted');
  });

  test('a token that ends takes its pages along, and a wrong one says what to do', async (t) => {
    const s = await morning(t);
    const token = await s.tokenFor('ana');
    const { page } = await openPage(s.mirror.url, t);
    await page.goto('/sign-in');
    await page.getByLabel('Your token').fill('sg_wrong');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByText('This server knows no such token').waitFor();
    await signIn(page, token);
    await page.getByText('ana').first().waitFor();
    await s.mirror.call('/api/v1/tokens/ana', { method: 'DELETE', token: s.mirror.token() });
    await page.goto('/tokens');
    await page.getByText('This needs a valid token').waitFor();
    await page.getByRole('banner').getByRole('link', { name: 'Sign in' }).waitFor();
    assert.equal(await page.getByRole('button', { name: 'Sign out' }).count(), 0);
  });

  test('what runs is only the pages’ own', async (t) => {
    const s = await morning(t);
    const { page } = await openPage(s.mirror.url, t);
    await page.goto('/');
    await page.getByRole('heading', { name: 'Today' }).waitFor();
    const blocked = await page.evaluate(() => {
      try {
        document.body.innerHTML = '<b>x</b>';
        return false;
      } catch (error) {
        return error instanceof TypeError;
      }
    });
    assert.ok(blocked, 'no text becomes markup');
    assert.equal(await page.evaluate(() => document.cookie), '', 'no script sees the session');
  });
});
