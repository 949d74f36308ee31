/** A lockfile as a graph on the pages: found from a change, moved by keys, read as a tree, dropped as a file. */
/// <reference lib="dom" />
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { closeBrowser, noBrowser, openPage } from '../support/browser.ts';
import { lockedApp, lockfileText } from '../support/lockfile.ts';
import { buildPages } from '../support/pages.ts';
import { change, inventory, morning, signIn } from './scene.ts';

const skip = noBrowser();
before(() => {
  if (skip === undefined) buildPages();
});
after(() => closeBrowser());

describe('graphs on the pages', { skip }, () => {
  test('of a change, an artefact and a file: with the ways to a crate and what is known of each', async (t) => {
    const s = await morning(t);
    await inventory(s);
    const id = await change(s);
    const { page, elsewhere, complaints } = await openPage(s.mirror.url, t);
    await signIn(page, s.mirror.token());
    await page.goto(`/changes/${id}`);
    await page.getByRole('link', { name: 'The graph of the lockfile' }).click();
    const picture = page.getByRole('img', { name: /The graph: 3 packages/ });
    await picture.waitFor();
    await page.getByText('something is known against 1').waitFor();
    await page.getByLabel('Ways to').fill('tool');
    await page.getByText('app 0.1.0 › tool 1.1.0').waitFor();
    await page.waitForURL(/to=tool/);
    assert.equal(await picture.locator('.node.meant').count(), 1);
    assert.equal(await picture.locator('.node.held').count(), 1);
    // By keys: each moves what is drawn.
    const place = () => picture.locator('> g').getAttribute('transform');
    await picture.focus();
    for (const key of ['ArrowRight', '+', '0']) {
      const was = await place();
      await page.keyboard.press(key);
      await page.waitForFunction(
        (was) => document.querySelector('.graph svg > g')?.getAttribute('transform') !== was,
        was,
      );
    }
    const tree = page.getByRole('list', { name: 'The graph as a tree' });
    await tree.getByText('looked for').waitFor();
    const opener = tree.getByRole('button', { name: 'app 0.1.0 needs 2' });
    assert.equal(await opener.getAttribute('aria-expanded'), 'true');
    await opener.focus();
    await page.keyboard.press('ArrowLeft');
    await tree.getByText('looked for').waitFor({ state: 'detached' });
    await page.keyboard.press('Enter');
    await tree.getByRole('link', { name: 'tool 1.1.0' }).waitFor();
    await page.getByRole('link', { name: 'as it was before' }).click();
    await page.getByText('2 packages, nothing').waitFor();

    await page.goto(`/artefacts/${'a'.repeat(64)}`);
    await page.getByRole('link', { name: 'What needs what' }).click();
    await page.getByRole('heading', { name: 'shop 2.1.0' }).waitFor();
    await page.getByLabel('Ways to').fill('calm');
    await page.getByText('shop 2.1.0 › word 1.0.0 › calm 1.0.0').waitFor();
    await page.locator('.look.blocked').first().waitFor();

    await page.getByRole('link', { name: 'another lockfile' }).click();
    const field = page.getByLabel('Drop a Cargo.lock here, or choose one');
    const file = (text: string) => ({
      name: 'Cargo.lock',
      mimeType: 'text/plain',
      buffer: Buffer.from(text),
    });
    await field.setInputFiles(file('<<<<<<< a\n'));
    await page.getByText(/merge conflict/).waitFor();
    const word = { name: 'word', version: '1.0.0', dependencies: ['other'] };
    const other = { name: 'other', version: '9.0.0', dependencies: ['word'] };
    await field.setInputFiles(file(lockfileText(lockedApp('word'), word, other)));
    await page.getByRole('img', { name: /3 packages/ }).waitFor();
    const download = page.waitForEvent('download');
    await page.getByRole('button', { name: 'CSV' }).click();
    const csv = readFileSync(await (await download).path(), 'utf8');
    assert.match(
      csv,
      /^name,version,source,state,yanked,advisories,needs\r\napp,0\.1\.0,,,false,,word@1\.0\.0\r\n/,
    );
    assert.deepEqual([elsewhere, complaints], [[], []]);
  });
});
