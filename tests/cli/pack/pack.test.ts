import assert from 'node:assert/strict';
import {
  chmodSync,
  existsSync,
  readdirSync,
  readFileSync,
  renameSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { lockOf } from '../../../src/cli/pack/folder.ts';
import { unframed } from '../../../src/cli/pack/format.ts';
import { makePack } from '../../../src/cli/pack/make.ts';
import { openPacked, packFolder } from '../../../src/cli/pack/open.ts';
import { PackRun } from '../../../src/cli/pack/run.ts';
import { folder, main, run, safeguard } from '../support.ts';

const files = {
  'package.json': '{"type": "module"}',
  'data.json': '{"a": "…"}',
  'entry.ts': `import data from './data.json' with { type: 'json' };
import { join } from 'node:path';
import os, { EOL } from 'node:os';
import { even } from './even.ts';
import old, { name } from './old.cjs';
import * as all from './all.ts';
interface Nothing { readonly a: '…' }
export const seen: readonly unknown[] = [
  data.a, join('a', 'b'), os.EOL === EOL, even(4), old.name, name, Object.keys(all).sort(), '… →',
  import.meta.filename.endsWith('entry.ts'),
];
export const later = async () => (await import('./later.ts')).default;
`,
  // Two that import each other.
  'even.ts':
    "import { odd } from './odd.ts';\nexport const even = (n: number): boolean => n === 0 || odd(n - 1);\n",
  'odd.ts':
    "import { even } from './even.ts';\nexport function odd(n: number): boolean { return n !== 0 && even(n - 1); }\n",
  'old.cjs': "const { inner } = require('./inner.cjs');\nexports.name = inner + __filename.length;\n",
  'inner.cjs': "exports.inner = 'inner';\n",
  'all.ts': "export * from './even.ts';\nexport * as odds from './odd.ts';\nexport const own = 1;\n",
  'later.ts': "export default 'later on';\n",
};

interface Program {
  readonly seen: readonly unknown[];
  readonly later: () => Promise<string>;
}

/** A small program, packed. `open` runs it from its pack; while `lock` is there, nobody begins to make another. */
function program(t: TestContext, more: Readonly<Record<string, string>> = {}) {
  const dir = folder(t, { ...files, ...more });
  const entry = join(dir, 'entry.ts');
  const packs = join(dir, 'packs');
  const place = packFolder(packs, entry);
  makePack(entry, place);
  writeFileSync(lockOf(place), '');
  const open = () => openPacked(packs, entry, []) as Program | undefined;
  return { dir, entry, place, pack: join(place, 'pack'), open };
}

test('a program runs from its pack as from its sources, what comes later too', async (t) => {
  const { entry, open } = program(t);
  const packed = open() ?? assert.fail('there is no pack');
  const plain = (await import(entry)) as Program;
  assert.deepEqual(packed.seen, plain.seen);
  assert.equal(await packed.later(), await plain.later());
});

for (const [what, spoil] of [
  [
    'a source that was written to',
    ({ dir }) => writeFileSync(join(dir, 'even.ts'), 'export const even = 1;'),
  ],
  ['a source of the same length', ({ dir }) => writeFileSync(join(dir, 'data.json'), '{"a": "‥"}')],
  // As a careless copy does it: only the time of the change of the file itself tells.
  [
    'a source of the same length and time',
    ({ dir }) => {
      writeFileSync(join(dir, 'later.ts'), "export default 'later ON';\n");
      utimesSync(join(dir, 'later.ts'), 1, 1);
    },
  ],
  ['a pack that is cut off', ({ pack }) => truncateSync(pack, 500)],
  ['an empty one', ({ pack }) => truncateSync(pack, 0)],
  [
    'one with a wrong bit',
    ({ pack }) => {
      const bytes = readFileSync(pack);
      bytes[bytes.length - 9] = (bytes.at(-9) ?? 0) ^ 1;
      writeFileSync(pack, bytes);
    },
  ],
  ['one that others may write', ({ pack }) => chmodSync(pack, 0o666)],
  ['a folder that others may write in', ({ place }) => chmodSync(place, 0o777)],
  ['a folder that a group may write in', ({ place }) => chmodSync(place, 0o770)],
] as readonly [string, (made: ReturnType<typeof program>) => void][]) {
  test(`not run: ${what}`, (t) => {
    const made = program(t);
    if (what.includes('time')) utimesSync(join(made.dir, 'later.ts'), 1, 1);
    spoil(made);
    assert.equal(made.open(), undefined);
  });
}

test('a folder that is a link to another is not gone through, nor one below a file', (t) => {
  const { dir, entry, place, open } = program(t);
  renameSync(place, `${place}.real`);
  symlinkSync(`${place}.real`, place);
  assert.equal(open(), undefined);
  assert.equal(openPacked(join(dir, 'data.json', 'packs'), entry, []), undefined);
});

test('what a run used is kept for the next one; what it asks for beside that is as its source is by then', async (t) => {
  const { dir, entry, place } = program(t);
  const opener = join(main, '..', 'pack', 'open.ts');
  const script = join(dir, 'script.mjs');
  writeFileSync(
    script,
    `import { openPacked } from '${opener}';
const { later } = openPacked('${join(dir, 'packs')}', '${entry}', []);
if (process.argv[2] === 'later') console.log(await later());
`,
  );
  const once = async (...args: readonly string[]) =>
    await run(process.execPath, [script, ...args], { cwd: dir });
  assert.deepEqual(await once(), { code: 0, stdout: '', stderr: '' });
  const used = join(place, 'used-');
  const holds = () => {
    const { header } = unframed(readFileSync(used)) ?? assert.fail('nothing is kept');
    return header.paths.filter((_, i) => header.modules[i]).map((path) => path.slice(dir.length + 1));
  };
  assert.ok(!holds().includes('later.ts'));
  writeFileSync(join(dir, 'later.ts'), "export default 'by now';\n");
  assert.deepEqual(await once('later'), { code: 0, stdout: 'by now\n', stderr: '' });
  assert.ok(holds().includes('later.ts'));
  // A run that needs less leaves what another needed.
  assert.deepEqual(await once(), { code: 0, stdout: '', stderr: '' });
  assert.ok(holds().includes('later.ts'));
});

test('a program that cannot be packed is said to be one, until it changes', (t) => {
  const { place, pack, open } = program(t, { 'later.ts': 'export default await 1;\n' });
  assert.match(unframed(readFileSync(pack))?.header.refused ?? '', /later\.ts: it waits/);
  assert.equal(open(), undefined);
  assert.deepEqual(readdirSync(place).sort(), ['making', 'pack']);
});

test('two makers at once: one makes it, and it is whole', (t) => {
  const { entry, place, pack } = program(t);
  const before = readFileSync(pack);
  // The lock of the first is there.
  makePack(entry, place);
  assert.deepEqual(readFileSync(pack), before);
  // One that was killed a while ago.
  utimesSync(lockOf(place), 1, 1);
  makePack(entry, place);
  assert.ok(!existsSync(lockOf(place)));
  assert.ok(unframed(readFileSync(pack)) !== undefined);
});

test('the product: every module of it exports the same from the pack, and commands say the same', async (t) => {
  const dir = folder(t, { 'Cargo.lock': 'version = 4\n' });
  const entry = join(main, '..', 'program.ts');
  const packs = join(dir, 'packs');
  const place = packFolder(packs, entry);
  makePack(entry, place);
  const pack = unframed(readFileSync(join(place, 'pack'))) ?? assert.fail('there is no pack');
  assert.equal(pack.header.refused, undefined);
  const numbers = new Map(pack.header.paths.map((path, i) => [path, i]));
  const whole = new PackRun((path) => {
    const module = pack.header.modules[numbers.get(path) ?? -1] ?? assert.fail(path);
    return { path, pack, module };
  });
  for (const path of pack.header.paths.filter((path) => path.endsWith('.ts'))) {
    const plain = (await import(path)) as Record<string, unknown>;
    const packed = whole.exports(path) as Record<string, unknown>;
    assert.deepEqual(Object.keys(packed).sort(), Object.keys(plain).sort(), path);
    for (const [name, value] of Object.entries(plain))
      assert.equal(typeof packed[name], typeof value, `${path}: ${name}`);
  }
  const env = { SAFEGUARD_PACKS: packs };
  for (const args of [
    ['--help'],
    ['check', '--help'],
    ['check', '--offline', '--format', 'json'],
    ['chekc'],
    ['resolve'],
  ]) {
    const plain = await safeguard(args, { cwd: dir });
    // Once with what the whole pack holds, once with what the command has used.
    for (const _ of [1, 2]) assert.deepEqual(await safeguard(args, { cwd: dir, env }), plain, args.join(' '));
  }
  assert.deepEqual(readdirSync(place).sort(), ['pack', 'used-', 'used-check', 'used-resolve']);
});
