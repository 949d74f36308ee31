/**
 * How smoothly a long build script scrolls: `node bench/scroll.ts [lines]`. A release whose generated build.rs has that
 * many is opened in Debian's Chromium and scrolled by wheel, by keys and by jumps; of what the page's main thread did
 * the longest tasks are told, in wall time and in that of a processor, which is what counts where others use the
 * machine as well.
 */
import type { CDPSession } from 'playwright-core';
import { closeBrowser, openPage } from '../tests/support/browser.ts';
import { makeCrate } from '../tests/support/crate.ts';
import { get } from '../tests/support/http.ts';
import { startMirror } from '../tests/support/mirror.ts';
import { buildPages } from '../tests/support/pages.ts';
import { startUpstream } from '../tests/support/upstream.ts';

/** Of Chromium's tracing: times in microseconds. */
interface TraceEvent {
  readonly name: string;
  readonly ph: string;
  readonly pid: number;
  readonly tid: number;
  readonly ts: number;
  readonly dur?: number;
  readonly tdur?: number;
  readonly args?: { readonly name?: string };
}

const count = Number(process.argv[2] ?? 20_000);
const ends: (() => unknown)[] = [];
const t = { after: (end: () => unknown) => void ends.push(end) };

/** Statements as a generator writes them: names, texts, numbers and comments, and now and then one that can do something. */
const statement = (n: number) =>
  n % 500 === 499
    ? `    std::fs::write(out.join("table-${n}.rs"), b"// ${n}").unwrap(); // kept beside the others`
    : `    table.insert("entry-${n}", Entry { code: 0x${n.toString(16)}, name: Some("name ${n}"), weight: ${n}.5 }); // line ${n}`;
const script = [
  'fn main() {',
  '    let out = std::path::PathBuf::from(std::env::var("OUT_DIR").unwrap());',
  ...Array.from({ length: count - 3 }, (_, n) => statement(n)),
  '}\n',
].join('\n');

buildPages();
const upstream = await startUpstream({});
ends.push(() => upstream.close());
upstream.publish(makeCrate({ name: 'tables', version: '1.0.0', buildScript: script }));
const mirror = await startMirror({ upstream: upstream.indexUrl, clock: { now: Date.now } }, t);
for (const path of ['/index/ta/bl/tables', '/crates/tables/1.0.0/download']) await get(mirror.url + path);
const { page } = await openPage(mirror.url, t);
await page.goto('/sign-in?back=%2Fquarantine');
await page.getByLabel('Your token').fill(mirror.token());
await page.getByRole('button', { name: 'Sign in' }).click();
await page.getByRole('heading', { name: 'Quarantine' }).waitFor();
const devtools = await page.context().newCDPSession(page);

const box = page.getByRole('region', { name: 'Source of build.rs' });
await tell('opened', async () => {
  await page.goto('/releases/tables/1.0.0?tab=code');
  await box.getByText('fn main', { exact: false }).first().waitFor();
});
console.log(`${count} lines, ${Math.round(script.length / 1024)} KiB`);
await box.hover();
await tell('by wheel, 300 times 400 pixels', async () => {
  for (let n = 0; n < 300; n++) {
    await page.mouse.wheel(0, n % 100 < 80 ? 400 : -400);
    await frame();
  }
});
await box.focus();
await tell('by keys, 100 pages', async () => {
  for (let n = 0; n < 100; n++) {
    await page.keyboard.press('PageDown');
    await frame();
  }
});
await tell('by jumps, to the end, the beginning and between, 40 times', async () => {
  for (let n = 0; n < 40; n++) {
    await box.evaluate(
      (element, share) => element.scrollTo(0, share * element.scrollHeight),
      ((n * 7) % 11) / 10,
    );
    await frame();
  }
});
await box.evaluate((element) => element.scrollTo(0, element.scrollHeight));
await box.getByText(String(count), { exact: true }).waitFor();
await closeBrowser();
for (const end of ends.reverse()) await end();
process.exit(0);

/** Does it, and says which were the longest tasks of the page's main thread meanwhile. */
async function tell(what: string, act: () => Promise<void>): Promise<void> {
  const events = await traced(devtools, act);
  const main = events.filter(
    ({ ph, name, args }) => ph === 'M' && name === 'thread_name' && args?.name === 'CrRendererMain',
  );
  const tasks = events.filter(
    ({ name, ph, pid, tid }) =>
      ph === 'X' && name === 'RunTask' && main.some((thread) => thread.pid === pid && thread.tid === tid),
  );
  if (tasks.length === 0) throw new Error('Chromium told of no task of the main thread');
  const longest = (of: 'dur' | 'tdur') => Math.max(...tasks.map((task) => task[of] ?? 0));
  const ms = (microseconds: number) => `${(microseconds / 1000).toFixed(1)} ms`;
  const worst = tasks.find(({ tdur }) => tdur === longest('tdur'));
  const parts = events
    .filter(
      ({ name, tid, ts, tdur }) =>
        name !== 'RunTask' && tid === worst?.tid && tdur !== undefined && isWithin(ts, worst),
    )
    .sort((a, b) => (b.tdur ?? 0) - (a.tdur ?? 0))
    .slice(0, 3)
    .map(({ name, tdur = 0 }) => `${name} ${ms(tdur)}`);
  console.log(
    `${what}: ${tasks.length} tasks, the longest ${ms(longest('tdur'))} of a processor (${parts.join(', ')}), ${ms(longest('dur'))} of wall time`,
  );
}

function isWithin(at: number, { ts, dur = 0 }: TraceEvent): boolean {
  return at >= ts && at < ts + dur;
}

/** What Chromium says of its threads while something is done. */
async function traced(session: CDPSession, act: () => Promise<void>): Promise<readonly TraceEvent[]> {
  const events: TraceEvent[] = [];
  const collect = ({ value }: { value: object[] }) => void events.push(...(value as TraceEvent[]));
  session.on('Tracing.dataCollected', collect);
  const categories = ['disabled-by-default-devtools.timeline', 'devtools.timeline', '__metadata'];
  await session.send('Tracing.start', {
    transferMode: 'ReportEvents',
    traceConfig: { excludedCategories: ['*'], includedCategories: categories },
  });
  await act();
  const done = new Promise((resolve) => session.once('Tracing.tracingComplete', resolve));
  await session.send('Tracing.end');
  await done;
  session.off('Tracing.dataCollected', collect);
  return events;
}

async function frame(): Promise<void> {
  await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => resolve(undefined))));
}
