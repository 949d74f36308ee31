/** A browser before a server: Debian's Chromium, told to be quiet. */
import { spawnSync } from 'node:child_process';
import { type Browser, chromium, type Page } from 'playwright-core';
import type { Cleanup } from './temp.ts';

/** Why there is no browser; `undefined`: there is one. In CI a missing one fails instead. */
export function noBrowser(): string | undefined {
  const found = spawnSync('sh', ['-c', 'command -v chromium'], { stdio: 'ignore' }).status === 0;
  if (found) return undefined;
  if (process.env.SAFEGUARD_REQUIRE_ALL === '1') throw new Error('chromium is missing on this machine');
  return 'chromium is missing on this machine';
}

let running: Promise<Browser> | undefined;

/** The one browser of a test file; `closeBrowser` ends it. */
function browser(): Promise<Browser> {
  running ??= chromium.launch({
    executablePath: '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu'],
  });
  return running;
}

export async function closeBrowser(): Promise<void> {
  await (await running)?.close();
  running = undefined;
}

/** What a page asked of other places, and what it said was wrong. */
export interface Watched {
  readonly page: Page;
  readonly elsewhere: string[];
  readonly complaints: string[];
}

/** A page in a context of its own (nobody is signed in), before the server at `base`. */
export async function openPage(
  base: string,
  t: Cleanup,
  options: { readonly dark?: boolean; readonly width?: number } = {},
): Promise<Watched> {
  const context = await (await browser()).newContext({
    baseURL: base,
    colorScheme: options.dark === true ? 'dark' : 'light',
    viewport: { width: options.width ?? 1280, height: 900 },
    reducedMotion: 'reduce',
  });
  t.after(() => context.close());
  const page = await context.newPage();
  page.setDefaultTimeout(20_000);
  const [elsewhere, complaints]: [string[], string[]] = [[], []];
  page.on('request', (request) => {
    if (!request.url().startsWith(base) && !request.url().startsWith('blob:')) elsewhere.push(request.url());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    // A refusal that the page shows is told by the browser as well.
    if (message.type() === 'error' && !/status of 4\d\d/.test(message.text()))
      complaints.push(message.text());
  });
  return { page, elsewhere, complaints };
}
