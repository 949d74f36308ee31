/**
 * The newcomer's walk: a server, a project that is pointed at it, and a release that waits for a review and is approved of, by
 * nothing but the lines that the README and the program print.
 */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { it } from 'node:test';
import { folder, start } from '../cli/support.ts';
import { old } from '../support/check.ts';
import { makeCrate } from '../support/crate.ts';
import { startUpstream } from '../support/upstream.ts';
import { type, typed } from './next-lines/type.ts';

const root = join(import.meta.dirname, '../..');
const fetching = 'fn main() { let _ = std::net::TcpStream::connect("downloads.invalid:80"); }';

it('goes from `./safeguard serve` to an approved release by what is printed', async (t) => {
  const upstream = await startUpstream();
  t.after(() => upstream.close());
  upstream.publish(makeCrate({ name: 'parts', version: '1.0.0' }), old);
  upstream.publish(makeCrate({ name: 'parts', version: '1.1.0', buildScript: fetching }), old);
  const manifest = (needs: string) =>
    `[package]\nname = "app"\nversion = "0.1.0"\nedition = "2021"\n[dependencies]\n${needs}\n`;
  const cwd = folder(t, { 'Cargo.toml': manifest('parts = "=1.0.0"'), 'src/main.rs': 'fn main() {}\n' });

  // The README's first line; the address and the upstream are the test's.
  assert.match(readFileSync(join(root, 'README.md'), 'utf8'), /^\.\/safeguard serve {5}# the mirror/m);
  const args = ['serve', '--listen', '127.0.0.1:0', '--upstream', upstream.indexUrl];
  const home = folder(t);
  const cached = { XDG_CACHE_HOME: join(home, 'cache'), NODE_COMPILE_CACHE: join(home, 'compiled') };
  // It runs in the checkout, the project is elsewhere.
  const server = start(join(root, 'safeguard'), args, { cwd: folder(t), env: cached });
  const ended = once(server, 'exit');
  t.after(async () => {
    server.kill('SIGTERM');
    await ended;
  });
  let printed = '';
  for await (const piece of server.stdout ?? []) {
    printed += String(piece);
    if (/Ctrl-C stops it/.test(printed)) break;
  }

  // The address is another than the one that is looked for by default.
  const env = { ...cached, SAFEGUARD_SERVER: /^Safeguard is at (\S+)$/m.exec(printed)?.[1] ?? '' };
  // The four lines, as they stand; then by the command that writes them.
  const lines = printed.split('\n').filter((line) => /^ {4}(\[|replace-with|index = )/.test(line));
  assert.equal(lines.length, 4, printed);
  const config = lines.map((line) => `--config '${line.trim()}'`);
  assert.match(config.join(), /sparse\+http:\/\/127\.0\.0\.1:\d+\/index\//);
  const init = /\(`(safeguard init)` writes them\)/.exec(printed)?.[1] ?? '';
  await typed(init, cwd, env);
  const written = readFileSync(join(cwd, '.cargo/config.toml'), 'utf8');
  for (const line of lines) assert.ok(written.includes(line.trim()), `${line} is not in\n${written}`);
  await typed('cargo fetch', cwd, env);
  await typed('cargo build', cwd, env);

  // A release that waits: cargo prints the refusal, and in it the line to type.
  await typed(`printf '%s' '${manifest('parts = "=1.1.0"')}' > Cargo.toml`, cwd, env);
  const refused = await type('cargo fetch', cwd, env);
  assert.notEqual(refused.code, 0);
  assert.match(refused.stderr, /parts 1\.1\.0 waits for a review in Safeguard\./);
  const approve = /^ *(safeguard quarantine approve .*)$/m.exec(refused.stderr)?.[1] ?? '';
  const more = /^ *More: (\S+)$/m.exec(refused.stderr)?.[1] ?? '';
  assert.equal((await fetch(more)).status, 200, refused.stderr);
  // By now the index lists it as yanked; without a lockfile cargo says no more than that, and the README says what to type then.
  const yanked = await type('rm Cargo.lock && cargo fetch', cwd, env);
  assert.match(yanked.stderr, /version 1\.1\.0 is yanked/);
  const explained = await type('safeguard explain parts@1.1.0', cwd, env);
  assert.match(explained.stdout, /^It waits for a review\.$/m);
  assert.ok(explained.stdout.includes(`    ${approve}\n`), explained.stdout);
  const shown = await typed('safeguard quarantine list --state review', cwd, env);
  assert.match(shown.stdout, /parts@1\.1\.0|parts 1\.1\.0/);
  const approved = await typed(approve.replace('…', 'read build.rs'), cwd, env);
  assert.match(approved.stdout, /parts 1\.1\.0 is approved: it is handed out\./);
  await typed('cargo fetch', cwd, env);
  await typed('cargo fetch --locked', cwd, env);
  const why = await typed('safeguard explain parts@1.1.0', cwd, env);
  assert.match(why.stdout, /read build\.rs/);
});
