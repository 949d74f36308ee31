/** The first page in the morning: what an advisory strikes that runs, and what came since one was here. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { closeBrowser, noBrowser, openPage } from '../support/browser.ts';
import { buildPages } from '../support/pages.ts';
import { tempDir } from '../support/temp.ts';
import { inventory, morning, signIn } from './scene.ts';

const skip = noBrowser();
before(() => {
  if (skip === undefined) buildPages();
});
after(() => closeBrowser());

/** An advisory about every release of a crate, as its database has it. */
const advisory = (id: string, name: string, summary: string) =>
  JSON.stringify({
    schema_version: '1.7.3',
    id,
    published: '2026-08-01T00:00:00Z',
    modified: '2026-08-01T00:00:00Z',
    summary,
    affected: [
      {
        package: { ecosystem: 'crates.io', name },
        ranges: [{ type: 'SEMVER', events: [{ introduced: '0' }] }],
      },
    ],
  });

describe('Today', { skip }, () => {
  test('tells of an exposure, and marks what came since one was here', async (t) => {
    const database = tempDir(t);
    const put = (id: string, name: string, summary: string) =>
      writeFileSync(join(database, `${id}.json`), advisory(id, name, summary));
    put('RUSTSEC-2026-9000', 'elsewhere', 'Of nothing here');
    const s = await morning(t, { advisoryDatabases: [database] });
    await inventory(s);
    const { page, complaints } = await openPage(s.mirror.url, t);
    // The browser's clock is the server's.
    await page.clock.setFixedTime(s.clock.now());
    await signIn(page, s.mirror.token());
    await page.goto('/');
    const exposed = page.getByRole('region', { name: 'Exposed' });
    await exposed.getByText('Nothing that runs or is installed is known to be struck').waitFor();
    const next = page.locator('section', { has: page.getByRole('heading', { name: /Handed out next/ }) });
    await next.getByRole('link', { name: 'word 1.1.0' }).waitFor();
    assert.equal(await page.locator('main .new').count(), 0, 'whoever was never here has nothing new');
    await page.goto('about:blank');

    put('RUSTSEC-2026-9001', 'calm', 'It <b>reads</b> past its end');
    s.clock.advance('1h');
    s.publish('word', '1.2.0', { pubtime: s.clock.iso() });
    await s.pass('1h');
    await s.mirror.turn('exposures');
    await page.clock.setFixedTime(s.clock.now());
    await page.goto('/');
    await page.getByText('What came since you were here').waitFor();
    const struck = exposed.getByRole('listitem');
    await struck.getByText('It <b>reads</b> past its end').waitFor();
    assert.match((await struck.textContent()) ?? '', /RUSTSEC-2026-9001\s*new\s*1 host/);
    const rows = next.getByRole('listitem');
    await rows.filter({ hasText: 'word 1.2.0' }).getByText('new', { exact: true }).waitFor();
    assert.equal(await rows.filter({ hasText: 'word 1.1.0' }).locator('.new').count(), 0);
    await struck.getByRole('link', { name: 'RUSTSEC-2026-9001' }).click();
    await page.getByRole('link', { name: /^shop/ }).first().waitFor();
    await page.goto('/affected');
    await exposed.getByRole('link', { name: 'RUSTSEC-2026-9001' }).click();
    await page.getByText('Yes, it is here').waitFor();
    assert.equal(await page.getByLabel('What is affected by').inputValue(), 'RUSTSEC-2026-9001');
    assert.deepEqual(complaints, []);
  });
});
