/** What is seen of changes on the pages: found in the list, read in whole. */
/// <reference lib="dom" />
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { closeBrowser, noBrowser, openPage } from '../support/browser.ts';
import { buildPages } from '../support/pages.ts';
import { change, morning, signIn } from './scene.ts';

const skip = noBrowser();
before(() => {
  if (skip === undefined) buildPages();
});
after(() => closeBrowser());

describe('changes on the pages', { skip }, () => {
  test('a verdict is found by keyboard, and says what, where, why and what is switched on', async (t) => {
    const s = await morning(t);
    const { page, complaints } = await openPage(s.mirror.url, t);
    await signIn(page, s.mirror.token());
    await page.keyboard.press('g');
    await page.keyboard.press('c');
    await page.getByText('No verdict on a change is kept yet').waitFor();
    await page.getByText(/safeguard check --base origin\/main --server http\S+ --keep NAME/).waitFor();
    await change(s);
    await change(s, 'pay!9');
    await page.reload();
    await page.getByLabel('Called').fill('PULL/214');
    await page.getByText('1 change', { exact: true }).waitFor();
    await page.waitForURL(/name=PULL/);
    await page.getByRole('combobox', { name: 'Verdict' }).selectOption('refused');
    await page.getByText('Nothing is like that').waitFor();
    await page.getByRole('combobox', { name: 'Verdict' }).selectOption('any');
    const download = page.waitForEvent('download');
    await page.getByRole('button', { name: 'CSV' }).click();
    const csv = readFileSync(await (await download).path(), 'utf8');
    assert.match(
      csv,
      /^id,name,file,at,by,.*\r\n[0-9a-f]{64},https:\/\/git\.example\/shop\/pull\/214,Cargo\.lock,/,
    );
    await page.getByRole('link', { name: 'git.example/shop/pull/214' }).click();
    await page.getByRole('heading', { name: 'What is against it' }).waitFor();
    await page.getByText('Cargo.lock:', { exact: false }).first().waitFor();
    const row = page.getByRole('row', { name: /tool 1\.1\.0/ });
    await row.getByText('1.0.0 → 1.1.0').waitFor();
    await row.getByText('app → tool').waitFor();
    const tree = page.locator('.tree');
    await tree.getByText('x86_64-unknown-linux-gnu').waitFor();
    await tree.getByText('built from now on').waitFor();
    await row.getByRole('link', { name: 'tool 1.1.0' }).click();
    await page.getByRole('heading', { level: 1, name: 'tool 1.1.0' }).waitFor();
    await page.goto(`/changes/${'0'.repeat(64)}`);
    await page.getByText('No such change is kept here').waitFor();
    assert.deepEqual(complaints, []);
  });
});
