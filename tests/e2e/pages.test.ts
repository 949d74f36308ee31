/** The pages as the server hands them out: small, guarded, and asking nothing of any other place. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { pageAddresses } from '../../src/server/routes/pages.ts';
import { get } from '../support/http.ts';
import { buildPages, builtPages } from '../support/pages.ts';
import { stage } from '../support/stage.ts';

before(() => buildPages());

interface Chunk {
  readonly file: string;
  readonly isEntry?: boolean;
  readonly imports?: readonly string[];
  readonly dynamicImports?: readonly string[];
}

const manifest = () =>
  JSON.parse(readFileSync(join(builtPages, '.vite', 'manifest.json'), 'utf8')) as Record<string, Chunk>;

/** A chunk with all that it loads at once. */
function closure(chunks: Record<string, Chunk>, name: string, seen = new Set<string>()): ReadonlySet<string> {
  const chunk = chunks[name];
  if (chunk === undefined || seen.has(chunk.file)) return seen;
  seen.add(chunk.file);
  for (const each of chunk.imports ?? []) closure(chunks, each, seen);
  return seen;
}

const gzipped = (files: Iterable<string>) =>
  [...files].reduce((sum, file) => sum + gzipSync(readFileSync(join(builtPages, file))).length, 0);

describe('the built pages', () => {
  test('are small: the first at most 200 kB of script, each later one at most 130', () => {
    const chunks = manifest();
    const entry = Object.keys(chunks).find((name) => chunks[name]?.isEntry);
    assert.ok(entry !== undefined);
    const first = closure(chunks, entry);
    const pages = chunks[entry]?.dynamicImports ?? [];
    assert.ok(
      pages.length >= pageAddresses.length,
      `${pages.length} pages are loaded when they are asked for`,
    );
    for (const page of pages) {
      const own = [...closure(chunks, page)].filter((file) => !first.has(file));
      assert.ok(gzipped(own) <= 130_000, `${page}: ${gzipped(own)} bytes`);
    }
    const shown = [...first, ...closure(chunks, 'src/pages/today/page.tsx')];
    assert.ok(gzipped(new Set(shown)) <= 200_000, `the first page: ${gzipped(new Set(shown))} bytes`);
  });

  test('name no other place to load anything from', () => {
    const files = readdirSync(join(builtPages, 'assets')).map((name) => join('assets', name));
    for (const file of ['index.html', ...files.filter((name) => name.endsWith('.css'))]) {
      const text = readFileSync(join(builtPages, file), 'utf8');
      assert.doesNotMatch(text, /(?:src|href)="(?:https?:)?\/\/|url\((?!['"]?\/assets)|@import/, file);
    }
  });

  test('are served with their guards, each address with the document, the rest from memory', async (t) => {
    const s = await stage(t);
    const { url } = s.mirror;
    for (const address of [...pageAddresses, '/releases/serde/1.0.0']) {
      const page = await get(url + address, { headers: { accept: 'text/html,*/*;q=0.8' } });
      assert.equal(page.status, 200, address);
      assert.equal(page.headers['content-type'], 'text/html; charset=utf-8');
      assert.equal(page.headers['cache-control'], 'no-store');
      const policy = String(page.headers['content-security-policy']);
      for (const part of [
        "default-src 'none'",
        "frame-ancestors 'none'",
        "require-trusted-types-for 'script'",
      ])
        assert.ok(policy.split('; ').includes(part), part);
      assert.doesNotMatch(policy, /unsafe|https?:|\*/);
      assert.equal(page.headers['x-content-type-options'], 'nosniff');
      assert.doesNotMatch(
        page.text,
        /<script(?![^>]* src=)|<style|\son\w+=/,
        'nothing that stands in it is run',
      );
    }
    const page = await get(`${url}/`);
    const [, script = ''] = /src="(\/assets\/[^"]+\.js)"/.exec(page.text) ?? [];
    const plain = await get(url + script);
    assert.equal(plain.status, 200);
    assert.match(String(plain.headers['content-security-policy']), /^default-src 'none'; script-src 'self';/);
    assert.equal(plain.headers['cache-control'], 'public, max-age=31536000, immutable');
    const packed = await get(url + script, { headers: { 'accept-encoding': 'gzip, br' } });
    assert.equal(packed.headers['content-encoding'], 'gzip');
    assert.ok(packed.body.length < plain.body.length / 2);
    const again = await get(url + script, { headers: { 'if-none-match': String(plain.headers.etag) } });
    assert.deepEqual([again.status, again.body.length], [304, 0]);
    for (const path of [
      '/assets/none.js',
      '/assets/..%2findex.html',
      '/assets/%2e%2e%2f.vite%2fmanifest.json',
    ])
      assert.equal((await get(url + path)).status, 404, path);
  });

  test('leave whoever is no browser to the API', async (t) => {
    const s = await stage(t);
    s.publish('word', '1.0.0');
    await s.index('word');
    const answer = await get(`${s.mirror.url}/releases/word/1.0.0?registry=upstream`);
    assert.equal(answer.status, 302);
    assert.equal(answer.headers.location, '/api/v1/releases/word/1.0.0?registry=upstream');
    const odd = await get(`${s.mirror.url}/releases/%2f%2felsewhere.invalid/1.0.0`);
    assert.equal(odd.headers.location, '/api/v1/releases/%2F%2Felsewhere.invalid/1.0.0');
  });
});
