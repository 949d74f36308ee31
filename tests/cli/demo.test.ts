import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { folder, safeguard } from './support.ts';

interface Told {
  readonly stopped: boolean;
  readonly chapters: readonly {
    readonly title: string;
    readonly stopped: boolean;
    readonly lines: readonly { readonly kind: string; readonly text: string }[];
  }[];
}

/** No proxy, no home, no time zone of its own: the demonstration needs none and leaves nothing. */
const alone = { http_proxy: 'http://127.0.0.1:1', https_proxy: 'http://127.0.0.1:1', TZ: 'Asia/Kolkata' };

describe('safeguard demo', () => {
  it('shows each layer stopping the attack by itself, and leaves nothing behind', async (t) => {
    const cwd = folder(t);
    const ran = await safeguard(['demo', '--format', 'json'], { cwd, env: { ...alone, TMPDIR: cwd } });
    assert.equal(ran.code, 0, ran.stderr);
    const told = JSON.parse(ran.stdout) as Told;
    assert.equal(told.stopped, true);
    const said = (title: string) =>
      told.chapters
        .find((chapter) => chapter.title === title)
        ?.lines.map(({ text }) => text)
        .join('\n') ?? '';
    assert.match(said('The mirror'), /arrayref 0\.3\.10 is held until 2026-08-23T07:25:00Z/);
    assert.match(said('The mirror'), /5 older releases were yanked around its publication/);
    assert.match(said('The gate'), /deny: Its build script would run on every machine that compiles/);
    assert.match(said('The review'), /downloader `curl` at build.rs:7/);
    assert.match(said('The review'), /review: Nobody has approved its build script/);
    assert.deepEqual(readdirSync(cwd), [], 'the temporary folder is gone');
  });

  it('is what the README shows', async (t) => {
    const cwd = folder(t);
    const ran = await safeguard(['demo'], { cwd, env: alone });
    const readme = readFileSync(join(import.meta.dirname, '../../README.md'), 'utf8');
    const recorded = /^\$ \.\/safeguard demo\n([\s\S]*?)^```$/m.exec(readme)?.[1];
    assert.equal(recorded, ran.stdout);
  });
});
