/** A mirror on a morning, with what was built and what runs, and what people do first on the pages. */
/// <reference lib="dom" />
import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import { get } from '../support/http.ts';
import { lockedApp, lockfileText } from '../support/lockfile.ts';
import { type Stage, type StageOptions, stage } from '../support/stage.ts';

export const quiet = 'fn main() { println!("cargo::rerun-if-changed=build.rs"); }\n';
const loads = `fn main() {
    // \u202e a comment that turns the text around
    std::process::Command::new("curl").arg("https://files.invalid/x").status().unwrap();
}
`;

/** A mirror on a morning: one release waits for a review, one is held, one is blocked, the rest is handed out. */
export async function morning(t: Parameters<typeof stage>[0], options: StageOptions = {}): Promise<Stage> {
  const s = await stage(t, options);
  s.publish('tool', '1.0.0', { buildScript: quiet });
  for (const name of ['word', 'calm']) s.publish(name, '1.0.0');
  for (const name of ['tool', 'word', 'calm']) await s.index(name);
  await s.download('tool', '1.0.0');
  s.publish('tool', '1.1.0', { pubtime: s.clock.iso(), buildScript: loads });
  s.publish('word', '1.1.0', { pubtime: s.clock.iso() });
  await s.pass('10m');
  await s.act('block', { crate: 'calm', reason: 'not ours' });
  await s.download('tool', '1.1.0');
  return s;
}

export async function signIn(page: Page, token: string): Promise<void> {
  await page.goto('/sign-in?back=%2Fquarantine');
  await page.getByLabel('Your token').fill(token);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('heading', { name: 'Quarantine' }).waitFor();
}

const digest = 'a'.repeat(64);

/** Adds an artefact that has a release and a C library in it, and a host that runs it, restarted too late. */
export async function inventory(s: Stage): Promise<void> {
  const send = async (path: string, body: object) => {
    const answer = await get(s.mirror.url + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${s.mirror.token()}` },
      body: JSON.stringify(body),
    });
    assert.ok(answer.status < 300, answer.text);
  };
  const component = { scope: 'linked', method: 'list', confidence: 'stated' };
  await send('/api/v1/artefacts', {
    name: 'shop',
    version: '2.1.0',
    file: { sha256: digest, size: 4_200_000, format: 'elf' },
    target: 'x86_64-unknown-linux-gnu',
    project: 'https://git.example/shop',
    commit: 'c0ffee0000000000000000000000000000000000',
    built: '2026-07-31T09:00:00Z',
    knownBy: 'list',
    completeness: 'complete',
    components: [
      { name: 'shop', version: '2.1.0', source: 'local', uses: [1], ...component },
      { purl: 'pkg:cargo/word@1.0.0', name: 'word', version: '1.0.0', uses: [2, 3], ...component },
      { purl: 'pkg:cargo/calm@1.0.0', name: 'calm', version: '1.0.0', ...component },
      { purl: 'pkg:deb/debian/zlib1g@1.2.13', name: 'zlib1g', version: '1.2.13', ...component },
    ],
    roots: [0],
  });
  await send('/api/v1/sightings', {
    host: 'web-1',
    bootId: 'b0',
    environment: 'production',
    unread: 0,
    processes: [
      {
        pid: 71,
        started: 1,
        path: '/srv/shop',
        sha256: digest,
        state: 'replaced',
        stale: [{ path: '/srv/shop', state: 'replaced' }],
      },
      { pid: 99, started: 2, path: '/tmp/odd', sha256: 'b'.repeat(64), state: 'unpackaged', stale: [] },
    ],
  });
  await send('/api/v1/requests', {
    crate: 'tool',
    version: '1.1.0',
    reason: 'The fix of the parser, for shop.',
  });
}

const manifestWith = (dependency: string) =>
  `[package]\nname = "app"\nversion = "0.1.0"\nedition = "2021"\n[dependencies]\n${dependency}\n`;

/**
 * Has a change of a lockfile judged that brings in a release which waits for a review; returns the id that its verdict
 * is kept under.
 */
export async function change(s: Stage, name = 'https://git.example/shop/pull/214'): Promise<string> {
  const { checksum } = await s.release('tool', '1.1.0');
  const word = { name: 'word', version: '1.0.0', checksum: (await s.release('word', '1.0.0')).checksum };
  const tool = (version: string, bytes: string) => ({
    name: 'tool',
    version,
    checksum: bytes,
    dependencies: [],
  });
  const was = (await s.release('tool', '1.0.0')).checksum;
  const answer = await s.mirror.call('/api/v1/changes', {
    method: 'POST',
    token: s.mirror.token(),
    body: {
      name,
      lockfile: lockfileText(lockedApp('tool', 'word'), tool('1.1.0', checksum), word),
      base: lockfileText(lockedApp('tool'), tool('1.0.0', was)),
      manifests: [{ file: 'Cargo.toml', text: manifestWith('tool = "1"\nword = "1"') }],
      baseManifests: [{ file: 'Cargo.toml', text: manifestWith('tool = "1"') }],
    },
  });
  assert.equal(answer.status, 200, await answer.clone().text());
  return String(answer.headers.get('location')).replace('/changes/', '');
}
