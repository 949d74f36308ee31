/**
 * How quick the page of graphs is: `node bench/graph.ts [packages]`. A lockfile of that many is dropped on it in
 * Debian's Chromium; the layout is timed in its worker, and the script of a frame while the picture is moved by keys.
 */

import { closeBrowser, openPage } from '../tests/support/browser.ts';
import { lockfileText } from '../tests/support/lockfile.ts';
import { startMirror } from '../tests/support/mirror.ts';
import { buildPages } from '../tests/support/pages.ts';
import { startUpstream } from '../tests/support/upstream.ts';

const count = Number(process.argv[2] ?? 1000);
const ends: (() => unknown)[] = [];
const t = { after: (end: () => unknown) => void ends.push(end) };

let seed = 7;
const random = () => {
  seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
  return seed / 2_147_483_648;
};
const packages = Array.from({ length: count }, (_, i) => ({
  name: `crate-${i}`,
  version: '1.0.0',
  ...(i === 0 ? { source: null } : {}),
  dependencies: [
    ...new Set(
      Array.from({ length: Math.min(count - i - 1, Math.floor(random() * 9)) }, () => {
        return `crate-${i + 1 + Math.floor(random() ** 2 * (count - i - 1))}`;
      }),
    ),
  ],
}));

buildPages();
const upstream = await startUpstream({});
ends.push(() => upstream.close());
const mirror = await startMirror({ upstream: upstream.indexUrl, clock: { now: Date.now } }, t);
const { page } = await openPage(mirror.url, t);
await page.addInitScript(() => {
  // From the graph's way to the worker until its way back.
  const Plain = globalThis.Worker;
  globalThis.Worker = class extends Plain {
    override postMessage(message: unknown): void {
      const sent = performance.now();
      this.addEventListener('message', () => {
        (globalThis as { laidOut?: number }).laidOut = performance.now() - sent;
      });
      super.postMessage(message);
    }
  };
});
await page.goto('/sign-in?back=%2Fgraph');
await page.getByLabel('Your token').fill(mirror.token());
await page.getByRole('button', { name: 'Sign in' }).click();
const file = { name: 'Cargo.lock', mimeType: 'text/plain', buffer: Buffer.from(lockfileText(...packages)) };
await page.getByLabel('Drop a Cargo.lock here').setInputFiles(file);
await page.getByRole('img', { name: /The graph/ }).focus();
const laidOut = await page.evaluate(() => (globalThis as { laidOut?: number }).laidOut);
const devtools = await page.context().newCDPSession(page);
await devtools.send('Performance.enable');
const scripted = async () => {
  const { metrics } = await devtools.send('Performance.getMetrics');
  return 1000 * (metrics.find(({ name }) => name === 'ScriptDuration')?.value ?? 0);
};
const before = await scripted();
const frames = 100;
for (let i = 0; i < frames; i++) {
  await page.keyboard.press(i % 20 < 10 ? 'ArrowRight' : 'ArrowLeft');
  await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => resolve(undefined))));
}
const each = ((await scripted()) - before) / frames;
const edges = packages.reduce((sum, { dependencies }) => sum + dependencies.length, 0);
console.log(`${count} packages, ${edges} edges`);
console.log(`laid out in the worker, there and back: ${laidOut?.toFixed(0)} ms`);
console.log(`script of a frame, with that of the measuring: ${each.toFixed(2)} ms`);
await closeBrowser();
for (const end of ends.reverse()) await end();
process.exit(0);
