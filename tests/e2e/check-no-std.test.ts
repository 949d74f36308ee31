/** `safeguard check` on builds without the standard library: what brings `std` into them, and why. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { safeguard } from '../cli/support.ts';
import { judged, old, run } from '../support/check.ts';
import { type Crate, makeCrate } from '../support/crate.ts';
import { type Locked, lockedCrate, lockfileText } from '../support/lockfile.ts';
import { repository } from '../support/repository.ts';
import { stage } from '../support/stage.ts';

const thumb = 'thumbv7em-none-eabihf';
const codec = makeCrate({
  name: 'codec',
  version: '1.0.0',
  features: { default: ['std'], std: [] },
  lib: '#![cfg_attr(not(feature = "std"), no_std)]\n',
});
const heap = makeCrate({ name: 'heap', version: '1.0.0', lib: '#![no_std]\nextern crate alloc;\n' });
const logger = makeCrate({ name: 'logger', version: '1.0.0', lib: 'pub fn log() {}\n' });
const net = makeCrate({ name: 'smoltcp', version: '0.12.0', lib: '#![no_std]\n' });
const macros = makeCrate({
  name: 'my-macros',
  version: '1.0.0',
  procMacro: true,
  dependencies: { logger: '1' },
});
const all: readonly Crate[] = [codec, heap, logger, net, macros];

const policy = `[gate]\ntargets = ["${thumb}"]\n`;

function member(name: string, dependencies: string, root: string, path: string): Record<string, string> {
  return {
    [`${name}/Cargo.toml`]: `[package]\nname = "${name}"\nversion = "0.1.0"\nedition = "2021"\n[dependencies]\n${dependencies}\n`,
    [`${name}/${path}`]: root,
  };
}

const firmware = (dependencies: string) =>
  member('firmware', dependencies, '#![no_std]\n#![no_main]\n', 'src/main.rs');
const tool = (dependencies: string) => member('tool', dependencies, 'fn main() {}\n', 'src/main.rs');
const own = (name: string, ...dependencies: string[]): Locked => ({
  name,
  version: '0.1.0',
  source: null,
  dependencies,
});

async function scene(t: Parameters<typeof stage>[0]) {
  const s = await stage(t);
  for (const crate of all) s.upstream.publish(crate, old);
  const repo = repository(t);
  const root = {
    'Cargo.toml': '[workspace]\nresolver = "2"\nmembers = ["firmware", "tool"]\n',
    'safeguard.toml': policy,
  };
  const check = async (...args: readonly string[]) => {
    const verdict = await judged(s, repo.dir, ...args);
    const said = verdict.changes.flatMap(({ findings }) => findings).filter(({ rule }) => rule === 'no-std');
    return {
      ...verdict,
      said: said.map(({ crate, effect, message }) => `${effect} ${crate}: ${message}`),
      next: said.map(({ next }) => next),
      paths: said.map(({ evidence }) => evidence.values?.path),
    };
  };
  return { s, repo, root, check };
}

const where = `a build without the standard library (firmware for ${thumb})`;

describe('safeguard check, on builds without the standard library', () => {
  it('asks for a review where a feature turns std on, with the feature and the path', async (t) => {
    const { s, repo, root, check } = await scene(t);
    const lock = lockfileText(own('firmware', 'codec'), own('tool', 'codec'), lockedCrate(codec));
    repo.commit({
      ...root,
      ...firmware('codec = { version = "1", default-features = false }'),
      ...tool('codec = "1"'),
      'Cargo.lock': lock,
    });
    assert.deepEqual((await check('--base', 'HEAD')).said, []);
    repo.write(firmware('codec = "1"'));
    const { verdict, said, next, paths, changes } = await check('--base', 'HEAD');
    assert.equal(verdict, 'review');
    assert.deepEqual(said, [
      `review codec: It needs \`std\`, since its feature \`std\` is on (firmware asks for its default features), in ${where}.`,
    ]);
    assert.deepEqual(next, ['Ask for codec with `default-features = false` (firmware/Cargo.toml:6).']);
    const [finding] =
      changes.find(({ crate }) => crate === 'codec')?.findings.filter(({ rule }) => rule === 'no-std') ?? [];
    assert.deepEqual(finding?.evidence, {
      file: 'firmware/Cargo.toml',
      line: 6,
      values: {
        path: 'firmware → codec',
        because: 'codec/std ← codec/default ← firmware',
        archive: 'src/lib.rs:1',
      },
    });
    assert.deepEqual(paths, ['firmware → codec']);
    assert.deepEqual(changes.find(({ crate }) => crate === 'codec')?.std, [
      { target: thumb, member: 'firmware', class: 'std', before: 'no_std' },
    ]);
    const terminal = await run(s, repo.dir, '--base', 'HEAD');
    assert.match(terminal.stdout, /built for thumbv7em-none-eabihf\n[\s\S]*\n {4}no_std → std in firmware\n/);
  });

  it('blames whoever asks, however deep, and names the line of the project that can be changed', async (t) => {
    const { s, repo, root, check } = await scene(t);
    const bar = makeCrate({
      name: 'bar',
      version: '1.0.0',
      lib: '#![no_std]\n',
      dependencies: { codec: { version: '1', defaultFeatures: false } },
      features: { full: ['codec/std'] },
    });
    const always = makeCrate({
      name: 'always',
      version: '1.0.0',
      lib: '#![no_std]\n',
      dependencies: { codec: '1' },
    });
    for (const crate of [bar, always]) s.upstream.publish(crate, old);
    const lock = (crate: Crate) =>
      lockfileText(own('firmware', crate.name), own('tool'), lockedCrate(crate, 'codec'), lockedCrate(codec));
    repo.commit({ ...root, ...firmware('bar = "1"'), ...tool(''), 'Cargo.lock': lock(bar) });
    repo.write(firmware('bar = { version = "1", features = ["full"] }'));
    const first = await check('--base', 'HEAD');
    assert.deepEqual(first.said, [
      `review codec: It needs \`std\`, since its feature \`std\` is on (bar asks for \`std\`), in ${where}.`,
    ]);
    assert.deepEqual(first.next, ['Take `full` out of what is asked of bar (firmware/Cargo.toml:6).']);
    repo.write({
      'Cargo.toml':
        '[workspace]\nresolver = "2"\nmembers = ["firmware", "tool"]\n[workspace.dependencies]\nbar = { version = "1", features = ["full"] }\n',
      ...firmware('bar.workspace = true'),
    });
    assert.deepEqual((await check('--base', 'HEAD')).next, [
      'Take `full` out of what is asked of bar (Cargo.toml:5).',
    ]);
    repo.write({ ...firmware('always = "1"'), 'Cargo.lock': lock(always) });
    const second = await check('--base', 'HEAD');
    assert.deepEqual(second.said, [
      `review codec: It needs \`std\`, since its feature \`std\` is on (always asks for its default features), in ${where}.`,
    ]);
    assert.deepEqual(second.next, [
      'always asks for it whatever is on: take another release of always, or do without it.',
    ]);
  });

  it('looks at what comes in, and lets be what runs on the machine that builds', async (t) => {
    const { repo, root, check } = await scene(t);
    repo.commit({
      ...root,
      ...firmware(''),
      ...tool(''),
      'Cargo.lock': lockfileText(own('firmware'), own('tool')),
    });
    repo.write({
      ...firmware('heap = "1"\nlogger = "1"\nmy-macros = "1"\nsmoltcp = "0.12"'),
      'Cargo.lock': lockfileText(
        own('firmware', 'heap', 'logger', 'my-macros', 'smoltcp'),
        own('tool'),
        lockedCrate(heap),
        lockedCrate(logger),
        lockedCrate(macros, 'logger'),
        lockedCrate(net),
      ),
    });
    const { said, changes } = await check('--base', 'HEAD');
    assert.deepEqual(said, [
      `review logger: It needs \`std\` in ${where}.`,
      `review smoltcp: It is there to reach network, and comes into ${where}.`,
    ]);
    const classes = changes.flatMap(({ crate, std }) => (std ?? []).map((one) => `${crate} ${one.class}`));
    assert.deepEqual(classes, ['logger std', 'smoltcp no_std', 'heap no_std+alloc']);
  });

  it('says nothing of what was so before, nor of members that have std', async (t) => {
    const { repo, root, check } = await scene(t);
    const lock = (...of: string[]) =>
      lockfileText(
        own('firmware', 'logger'),
        own('tool', ...of),
        lockedCrate(logger),
        ...(of.includes('codec') ? [lockedCrate(codec)] : []),
      );
    repo.commit({ ...root, ...firmware('logger = "1"'), ...tool(''), 'Cargo.lock': lock() });
    repo.write({ ...tool('codec = "1"'), 'Cargo.lock': lock('codec') });
    assert.deepEqual((await check('--base', 'HEAD')).said, []);
    const whole = await check();
    assert.deepEqual(
      whole.said,
      [`review logger: It needs \`std\` in ${where}.`],
      'without a base all of it counts',
    );
  });

  it('notices what a macro makes of a library, where a feature of the macro decides it', async (t) => {
    const { s, repo, root, check } = await scene(t);
    const shower = makeCrate({
      name: 'shower',
      version: '1.0.0',
      procMacro: true,
      features: { default: ['std'], std: [] },
      lib: '#[cfg(feature = "std")]\nfn more() -> Tokens { quote! { extern crate std; } }\n',
    });
    const errors = makeCrate({
      name: 'errors',
      version: '1.0.0',
      lib: '#![no_std]\n',
      dependencies: { shower: { version: '1', defaultFeatures: false } },
    });
    for (const crate of [shower, errors]) s.upstream.publish(crate, old);
    const lock = (...more: string[]) =>
      lockfileText(
        own('firmware', 'errors', ...more),
        own('tool'),
        lockedCrate(errors, 'shower'),
        lockedCrate(shower),
      );
    repo.commit({ ...root, ...firmware('errors = "1"'), ...tool(''), 'Cargo.lock': lock() });
    assert.deepEqual((await check()).said, []);
    repo.write({ ...firmware('errors = "1"\nshower = "1"'), 'Cargo.lock': lock('shower') });
    const { said, next } = await check('--base', 'HEAD');
    const reason = 'a macro of shower may bring it in, at src/lib.rs:2 there';
    assert.deepEqual(said.toSorted(), [
      `review errors: Whether it needs \`std\` is not known (${reason}) in ${where}.`,
      `review firmware: Whether it needs \`std\` is not known (${reason}) in ${where}.`,
    ]);
    assert.match(next[0] ?? '', /resolve --why shower/);
  });

  it('goes by what the policy names', async (t) => {
    const { repo, check } = await scene(t);
    const linux = 'x86_64-unknown-linux-gnu';
    repo.write({
      'Cargo.toml':
        '[package]\nname = "kernel"\nversion = "0.1.0"\nedition = "2021"\n[dependencies]\nlogger = "1"\n',
      'src/lib.rs': '',
      'safeguard.toml': `[gate]\ntargets = ["${linux}"]\n`,
      'Cargo.lock': lockfileText(own('kernel', 'logger'), lockedCrate(logger)),
    });
    assert.deepEqual((await check()).said, []);
    repo.write({
      'safeguard.toml': `[gate]\ntargets = ["${linux}"]\n[no-std]\ncrates = ["kernel"]\nstd = "deny"\n`,
    });
    assert.deepEqual((await check()).said, [
      `deny kernel: It needs \`std\` in a build without the standard library (${linux}).`,
      `deny logger: It needs \`std\` in a build without the standard library (${linux}).`,
    ]);
    repo.write({ 'src/lib.rs': '#![no_std]\n' });
    assert.deepEqual((await check()).said, [
      `deny logger: It needs \`std\` in a build without the standard library (${linux}).`,
    ]);
  });

  it('notices a member that gives up no_std, and looks at what it brings all the same', async (t) => {
    const { repo, root, check } = await scene(t);
    repo.commit({
      ...root,
      ...firmware(''),
      ...tool(''),
      'Cargo.lock': lockfileText(own('firmware'), own('tool')),
    });
    repo.write({
      ...member('firmware', 'logger = "1"', 'fn main() {}\n', 'src/main.rs'),
      'Cargo.lock': lockfileText(own('firmware', 'logger'), own('tool'), lockedCrate(logger)),
    });
    const { said, changes } = await check('--base', 'HEAD');
    assert.deepEqual(said, [
      `review logger: It needs \`std\` in ${where}.`,
      `review firmware: It needs \`std\` in ${where}.`,
    ]);
    const [finding] = changes.find(({ crate }) => crate === 'firmware')?.findings ?? [];
    assert.deepEqual([finding?.evidence.file, finding?.evidence.line], ['firmware/src/main.rs', 1]);
  });

  it('looks at libraries of the project, too, whose source alone may change', async (t) => {
    const { repo, check } = await scene(t);
    const root = {
      'Cargo.toml': '[workspace]\nresolver = "2"\nmembers = ["firmware", "hal"]\n',
      'safeguard.toml': policy,
    };
    const hal = (lib: string, more: Record<string, string> = {}) => ({
      ...member('hal', '', lib, 'src/lib.rs'),
      ...more,
    });
    repo.commit({
      ...root,
      ...firmware('hal = { path = "../hal" }'),
      ...hal('#![no_std]\nmod imp;\n', { 'hal/src/imp.rs': '' }),
      'Cargo.lock': lockfileText(own('firmware', 'hal'), own('hal')),
    });
    repo.write({ 'hal/src/imp.rs': 'pub fn f() {}\n' });
    assert.deepEqual((await check('--base', 'HEAD')).changes, []);
    repo.write({ 'hal/src/imp.rs': '\nextern crate std;\n' });
    const { verdict, said, changes, paths } = await check('--base', 'HEAD');
    assert.equal(verdict, 'review');
    const both = `a build without the standard library (firmware for ${thumb}; hal for ${thumb})`;
    assert.deepEqual(said, [`review hal: It needs \`std\` in ${both}.`]);
    assert.deepEqual(paths, ['firmware → hal']);
    const [finding] = changes.find(({ crate }) => crate === 'hal')?.findings ?? [];
    assert.deepEqual([finding?.evidence.file, finding?.evidence.line], ['hal/src/imp.rs', 2]);
    repo.commit({});
    assert.deepEqual((await check('--base', 'HEAD')).changes, [], 'once it is in, it is in');
  });

  it('knows a firmware by its programs, wherever they are', async (t) => {
    const { repo, root, check } = await scene(t);
    const start = '#![no_std]\n#![no_main]\n';
    for (const [name, files] of [
      ['in src/bin', member('firmware', 'logger = "1"', start, 'src/bin/blink.rs')],
      ['in a folder of src/bin', member('firmware', 'logger = "1"', start, 'src/bin/blink/main.rs')],
      [
        'where the manifest says',
        member(
          'firmware',
          'logger = "1"\n[[bin]]\nname = "blink"\npath = "app/blink.rs"',
          start,
          'app/blink.rs',
        ),
      ],
    ] as const) {
      repo.write({
        ...root,
        ...files,
        ...tool(''),
        'Cargo.lock': lockfileText(own('firmware', 'logger'), own('tool'), lockedCrate(logger)),
      });
      assert.deepEqual((await check()).said, [`review logger: It needs \`std\` in ${where}.`], name);
      repo.git('clean', '-fdq');
    }
  });

  it('goes by the target that cargo is configured for, where the policy names none', async (t) => {
    const { repo, check } = await scene(t);
    repo.write({
      'Cargo.toml':
        '[package]\nname = "blink"\nversion = "0.1.0"\nedition = "2021"\n[target.\'cfg(target_os = "none")\'.dependencies]\nlogger = "1"\n',
      'src/main.rs': '#![no_std]\n#![no_main]\n',
      'Cargo.lock': lockfileText(own('blink', 'logger'), lockedCrate(logger)),
    });
    assert.deepEqual((await check()).said, []);
    const configured = `a build without the standard library (${thumb})`;
    repo.write({ '.cargo/config.toml': `[build]\ntarget = "${thumb}"\n` });
    assert.deepEqual((await check()).said, [`review logger: It needs \`std\` in ${configured}.`]);
    const tree = await safeguard(['resolve', '--offline', '--format', 'json'], { cwd: repo.dir });
    assert.match(tree.stdout, /"logger"/, tree.stderr);
    repo.write({ '.cargo/config.toml': '[build]\ntarget = "my-board.json"\n' });
    assert.deepEqual((await check()).said, []);
  });
});
