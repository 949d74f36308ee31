/// <reference lib="dom" />
import { closeBrowser, openPage } from '../../tests/support/browser.ts';
import type { Cleanup } from '../../tests/support/temp.ts';

/** A page, and what somebody who opens it came for. */
const pages: readonly (readonly [name: string, path: string, useful: string])[] = [
  ['Today', '/', 'main ul.releases li'],
  ['Quarantine', '/quarantine', 'main tbody tr'],
  ['Quarantine, for review', '/quarantine?state=review', 'main tbody tr'],
  ['Release', '/releases/crate-0/1.0.0', 'main .release-head'],
  ['Requests', '/requests', 'main ul.cards li'],
  ['Approvals', '/approvals', 'main .columns'],
  ['Artefacts', '/artefacts', 'main tbody tr'],
  ['Running', '/running', 'main tbody tr'],
  ['Affected', '/affected?of=hot', 'main tbody tr'],
  ['Audit log', '/audit', 'main tbody tr'],
  ['Policy', '/policy', 'main table'],
];

declare global {
  interface Window {
    /** When what one came for was painted: milliseconds after the navigation began. */
    useful?: number;
  }
}

/** When each page first shows what one came for, in a browser that has nothing of it yet: name and milliseconds of each run. */
export async function paints(
  url: string,
  token: string,
  runs: number,
): Promise<readonly (readonly [name: string, times: readonly number[]])[]> {
  const ends: (() => unknown)[] = [];
  const t: Cleanup = { after: (end) => void ends.push(end) };
  try {
    const { page: first } = await openPage(url, t);
    await first.goto('/sign-in?back=%2Fpolicy');
    await first.getByLabel('Your token').fill(token);
    await first.getByRole('button', { name: 'Sign in' }).click();
    await first.getByRole('heading', { name: 'Policy' }).waitFor();
    const cookies = await first.context().cookies();
    const found: (readonly [string, number[]])[] = pages.map(([name]) => [name, []]);
    for (let run = 0; run < runs; run++)
      for (const [i, [name, path, useful]] of pages.entries()) {
        // A context of its own: nothing is in its cache.
        const { page } = await openPage(url, t);
        await page.context().addCookies(cookies);
        await page.addInitScript((wanted) => {
          const look = () => {
            if (document.querySelector(wanted) === null) return void requestAnimationFrame(look);
            // Painted by the frame after the one that has it.
            requestAnimationFrame(() => setTimeout(() => (window.useful = performance.now())));
          };
          requestAnimationFrame(look);
        }, useful);
        await page.goto(path, { waitUntil: 'commit' });
        await page
          .waitForFunction(() => window.useful !== undefined, undefined, { polling: 20 })
          .catch(async () => {
            throw new Error(
              `${name} shows no ${useful}: ${(await page.locator('main').textContent())?.slice(0, 300)}`,
            );
          });
        found[i]?.[1].push(await page.evaluate(() => window.useful ?? Number.NaN));
        await page.context().close();
      }
    return found;
  } finally {
    for (const end of ends.reverse()) await end();
    await closeBrowser();
  }
}
