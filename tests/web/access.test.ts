/** Each page for whoever looks: light and dark, narrow and wide, by axe's rules; with its picture where somebody wants one. */
/// <reference lib="dom" />
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import type { Page } from 'playwright-core';
import { closeBrowser, noBrowser, openPage } from '../support/browser.ts';
import { buildPages } from '../support/pages.ts';
import { smallPng } from '../support/small-png.ts';
import { change, inventory, morning, signIn } from './scene.ts';
import { serious } from './serious.ts';

const skip = noBrowser();
before(() => {
  if (skip === undefined) buildPages();
});
after(() => closeBrowser());

describe('nobody is shut out', { skip }, () => {
  test('of any page: light and dark, narrow and wide', async (t) => {
    const s = await morning(t);
    await inventory(s);
    const changed = await change(s);
    const { page, elsewhere, complaints } = await openPage(s.mirror.url, t);
    await signIn(page, s.mirror.token());
    for (const [address, heading] of pagesShown) {
      const path = address.replace('CHANGE', changed);
      await page.goto(path);
      await page.getByRole('heading', { name: heading }).first().waitFor();
      await page.locator('[aria-busy="true"]').first().waitFor({ state: 'detached' });
      const [tables, saved] = await Promise.all([
        page.locator('main table.rows').count(),
        page.locator('main button', { hasText: /^CSV$/ }).count(),
      ]);
      assert.ok(
        savedAsOne.test(path) ? saved > 0 : saved >= tables,
        `${path}: ${tables} tables, ${saved} CSV`,
      );
      for (const width of [1280, 390])
        for (const dark of [false, true]) {
          const look = `${path} ${dark ? 'dark' : 'light'} ${width}`;
          await page.setViewportSize({ width, height: 900 });
          await page.emulateMedia({ colorScheme: dark ? 'dark' : 'light' });
          // What axe sees of a page depends on its width or its colours, not on both.
          if (dark === width < 600) assert.deepEqual(await serious(page), [], look);
          const sideways = await page.evaluate(
            () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
          );
          assert.ok(sideways <= 0, `${look} is ${sideways} pixels wider than the screen`);
          await shoot(page, path, dark, width);
        }
    }
    assert.deepEqual([elsewhere, complaints], [[], []]);
  });
});

/** Whose tables are parts of one list, saved as a whole. */
const savedAsOne = /^\/(?:running|artefacts\/.+)$/;

const pagesShown: readonly [path: string, heading: string][] = [
  ['/', 'Today'],
  ['/quarantine', 'Quarantine'],
  ['/releases/tool/1.1.0', 'tool 1.1.0'],
  ['/releases/tool/1.1.0?tab=code', 'tool 1.1.0'],
  ['/releases/tool/1.1.0?tab=facts', 'Facts'],
  ['/releases/tool/1.1.0?tab=history', 'tool 1.1.0'],
  ['/requests', 'Requests'],
  ['/changes', 'Changes'],
  ['/changes/CHANGE', 'git.example/shop/pull/214'],
  ['/graph', 'Graph'],
  ['/graph?change=CHANGE&to=tool', 'git.example/shop/pull/214'],
  ['/approvals', 'Approvals'],
  ['/artefacts', 'Artefacts'],
  [`/artefacts/${'a'.repeat(64)}`, 'shop 2.1.0'],
  ['/running', 'Running'],
  ['/affected?of=calm@1', 'Affected'],
  ['/policy', 'Policy'],
  ['/policy?tab=trial', 'Policy'],
  ['/policy?tab=waivers', 'Policy'],
  ['/audit', 'Audit log'],
  ['/tokens', 'Tokens'],
  ['/settings', 'Settings'],
  ['/sign-in', 'Sign in'],
];

/** Saves what is seen where `SAFEGUARD_SCREENSHOTS` names a folder. */
async function shoot(page: Page, path: string, dark: boolean, width: number): Promise<void> {
  const folder = process.env.SAFEGUARD_SCREENSHOTS;
  if (folder === undefined) return;
  const name = path
    .replace(/^\/$/, 'today')
    .replace(/[0-9a-f]{64}/, 'one')
    .replaceAll(/[^a-z]+/g, '-')
    .replace(/^-/, '');
  const file = `${folder}/${name}-${dark ? 'dark' : 'light'}-${width > 600 ? 'wide' : 'narrow'}.png`;
  writeFileSync(file, smallPng(await page.screenshot()));
}
