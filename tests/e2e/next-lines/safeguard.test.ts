/** What is said to be typed of Safeguard itself, typed: afterwards what asked for it is gone. */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { elfFile } from '../../samples/executables.ts';
import { old } from '../../support/check.ts';
import { repository } from '../../support/repository.ts';
import { stage } from '../../support/stage.ts';
import { found, lineIn, refusal, type, typed } from './type.ts';

const curl = 'fn main() { std::process::Command::new("curl").arg("https://a.invalid").status().unwrap(); }\n';

async function scene(t: TestContext) {
  const s = await stage(t);
  s.publish('word', '1.0.0', { ...old, buildScript: curl });
  const project = s.project({ dependencies: { word: '1' } });
  const { dir } = project;
  await typed('cargo generate-lockfile', dir);
  const env = { SAFEGUARD_SERVER: s.mirror.url, SAFEGUARD_TOKEN: s.mirror.token() };
  const repo = repository(t, dir);
  repo.commit({});
  return { s, dir, repo, env, args: [] as string[] };
}

describe('what is said to be typed of safeguard', () => {
  it('reads, approves, begins a list of approvals and takes out of it what nothing needs', async (t) => {
    const { dir, env, args } = await scene(t);
    const asked = (await found('build-code', dir, args, env)).map(({ next }) => next);
    assert.ok(asked.length > 0);
    const lines = asked.map((next) => lineIn(next, 'safeguard'));
    const seed = lines.find((line) => line.startsWith('safeguard allow seed')) ?? 'safeguard allow seed';
    await typed(seed, dir, env);
    const [grandfathered] = await found('build-code', dir, args, env);
    assert.match(grandfathered?.next ?? '', /review/);
    const pending = await type(lineIn(grandfathered?.next ?? ''), dir, env);
    assert.ok([0, 2].includes(pending.code ?? 1), pending.stderr);
    assert.match(pending.stdout, /word/);
    const reviewed = await type('safeguard review word@1.0.0 --approve --reason "read" --as Dana', dir, env);
    assert.equal(reviewed.code, 0, reviewed.stderr);
    assert.match((await typed('safeguard allow list', dir, env)).stdout, /word/);
    const group = 'safeguard review --pending --group harmless --approve --reason "x" --as Dana';
    await typed(group, dir, env);
    assert.deepEqual(await found('build-code', dir, args, env), []);
    const list = join(dir, 'safeguard/allow.toml');
    writeFileSync(list, readFileSync(list, 'utf8').replaceAll('"word"', '"gone"'));
    const [unused] = (await found('unused', dir, args, env)).filter(({ message }) =>
      /approved/.test(message),
    );
    await typed(unused?.next ?? '', dir, env);
    assert.deepEqual(await found('unused', dir, args, env), []);
  });

  it('takes out of a policy what is about nothing', async (t) => {
    const { dir, env, args, repo } = await scene(t);
    repo.commit({
      'safeguard.toml':
        '[[waiver]]\nrule = "license"\ncrate = "gone"\nreason = "bought"\nby = "Dana"\nexpires = "2026-09-30"\n',
    });
    const [unused] = await found('unused', dir, args, env);
    await typed(lineIn(unused?.next ?? ''), dir, env);
    assert.deepEqual(await found('unused', dir, args, env), []);
  });

  it('makes, checks and shows a policy', async (t) => {
    const { dir, env } = await scene(t);
    await typed(lineIn(await refusal('safeguard check --policy nothing.toml', dir, env)), dir, env);
    for (const line of ['safeguard policy check', 'safeguard policy show', 'safeguard policy schema'])
      await typed(line, dir, env);
  });

  it('judges a lockfile that was left out, all of it, and explains', async (t) => {
    const { dir, env } = await scene(t);
    for (const line of [
      'safeguard check --lockfile ./Cargo.lock --all',
      'safeguard check --explain build-code',
      'safeguard check --format json',
    ]) {
      const ran = await type(line, dir, env);
      assert.ok([0, 1, 2].includes(ran.code ?? 70), `${line}\n${ran.stderr}`);
      assert.match(ran.stdout, /build-code/);
    }
  });

  it('says what brings a crate', async (t) => {
    const { dir } = await scene(t);
    await typed('safeguard resolve --offline', dir);
    assert.match((await typed('safeguard resolve --offline --why word', dir)).stdout, /word/);
  });

  it('sets cargo up, and looks whether it is', async (t) => {
    const { s, dir, env } = await scene(t);
    for (const line of [
      'safeguard init --force',
      'safeguard init --global --force',
      'safeguard mirror status',
    ])
      await typed(line, dir, { ...env, SAFEGUARD_SERVER: s.mirror.url });
    const doctor = await type('safeguard doctor', dir, env);
    assert.ok([0, 1].includes(doctor.code ?? 70), doctor.stderr);
    assert.match(doctor.stdout, /`cargo install` goes through it/);
  });

  it('fills the inventory, and says what is not known of it', async (t) => {
    const { dir, env } = await scene(t);
    const empty = await type('safeguard affected ring', dir, env);
    const bare = elfFile([['.rodata', Buffer.from('/b/vendor/ring/src/aead.rs\0')]]);
    writeFileSync(join(dir, 'app'), bare);
    await typed(`${lineIn(empty.stdout, 'safeguard inventory')} app`, dir, env);
    const affected = await type('safeguard affected serde', dir, env);
    const listed = await typed(lineIn(affected.stdout, 'safeguard inventory'), dir, env);
    assert.match(listed.stdout, /app/);
    const nobody = await typed('safeguard inventory running', dir, env);
    await typed(lineIn(nobody.stdout, 'safeguard agent'), dir, env);
  });

  it('works the desk of a mirror', async (t) => {
    const { s, dir, env } = await scene(t);
    await s.index('word');
    await typed('safeguard quarantine block word@1.0.0 --reason x', dir, env);
    for (const line of [
      'safeguard quarantine list',
      'safeguard quarantine unblock word@1.0.0 --reason WHY',
      'safeguard explain word@1.0.0 --format json',
    ])
      await typed(line, dir, env);
  });
});
