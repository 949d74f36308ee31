/**
 * An advisory names functions: what has no code of them ranks behind, from `inventory add` to `affected` and the
 * exposures, and nowhere is it said to be safe.
 */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { it } from 'node:test';
import { addSection } from '../../src/binary/add-section.ts';
import { depV0Section } from '../../src/binary/dep-v0.ts';
import { FunctionFilter } from '../../src/binary/function-filter.ts';
import { folder, safeguard } from '../cli/support.ts';
import { depV0 } from '../samples/executables.ts';
import { startScene } from '../support/scene.ts';

const lib = `pub struct List { pub items: Vec<u32> }
impl List {
    pub fn push(&mut self, n: u32) { self.items.reserve(1); self.items.push(n); }
    pub fn insert_many(&mut self, n: u32) { self.items.insert(0, n); self.items.insert(0, n); }
}
pub fn render(list: &List) -> String { format!("{:?}", list.items) }
pub use render as shown;
`;

/**
 * A program of the crate \`list\` that calls what is asked for, with the list of its crates in it, as cargo-auditable
 * leaves it.
 */
function program(dir: string, name: string, calls: string, debug: string, split = 'off'): void {
  const manifest = (of: string, more = '') =>
    `[package]\nname = "${of}"\nversion = "1.0.0"\nedition = "2021"\n${more}`;
  const files = {
    'list/Cargo.toml': manifest('list'),
    'list/src/lib.rs': lib,
    'app/Cargo.toml': manifest('app', '[dependencies]\nlist = { path = "../list" }\n[workspace]\n'),
    'app/src/main.rs': `fn main() { let mut l = list::List { items: vec![] }; ${calls} println!("{}", l.items.len()); }`,
  };
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(dir, 'src', path)), { recursive: true });
    writeFileSync(join(dir, 'src', path), text);
  }
  execFileSync('cargo', ['build', '--quiet', '--offline', '--release'], {
    cwd: join(dir, 'src/app'),
    env: {
      ...process.env,
      CARGO_TARGET_DIR: join(dir, 'target'),
      CARGO_PROFILE_RELEASE_DEBUG: debug,
      CARGO_PROFILE_RELEASE_SPLIT_DEBUGINFO: split,
    },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const list = depV0([
    { name: 'app', version: '1.0.0', source: 'local', root: true, dependencies: [1] },
    { name: 'list', version: '1.0.0', source: 'crates.io' },
  ]);
  if (split === 'packed') copyFileSync(join(dir, 'target/release/app.dwp'), join(dir, `${name}.dwp`));
  writeFileSync(
    join(dir, name),
    addSection(readFileSync(join(dir, 'target/release/app')), depV0Section, list),
  );
}

/** Takes the debug information out of a program and puts it beside it, under the name that the program says. */
function putAside(dir: string, name: string, from = name): void {
  const [program, debug] = [join(dir, name), join(dir, `${name}.dbg`)];
  execFileSync('objcopy', ['--only-keep-debug', join(dir, from), debug]);
  execFileSync('objcopy', ['--strip-debug', `--add-gnu-debuglink=${debug}`, program]);
}

/** A document about a program without debug information, as a build leaves it that knew more. */
function saidOf(dir: string, name: string, functions: string): void {
  const sha256 = createHash('sha256')
    .update(readFileSync(join(dir, name)))
    .digest('hex');
  const subject = {
    'bom-ref': 'app',
    type: 'application',
    name,
    hashes: [{ alg: 'SHA-256', content: sha256 }],
    properties: [
      { name: 'bsi:component:filename', value: name },
      { name: 'bsi:component:executable', value: 'executable' },
      { name: 'safeguard:functions', value: functions },
    ],
  };
  const list = {
    'bom-ref': 'list',
    type: 'library',
    name: 'list',
    version: '1.0.0',
    purl: 'pkg:cargo/list@1.0.0',
  };
  const document = {
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    metadata: { component: subject },
    components: [list],
    dependencies: [{ ref: 'app', dependsOn: ['list'] }],
  };
  writeFileSync(join(dir, `${name}.cdx.json`), JSON.stringify(document));
}

it('ranks a program that has no code of a function behind one that has, and counts both', {
  skip: process.platform !== 'linux' && 'there is no ELF here',
}, async (t) => {
  const database = folder(t);
  const tell = (id: string, functions: string, patched = '>= 2') => {
    mkdirSync(join(database, 'crates/list'), { recursive: true });
    const head = `id = "${id}"\npackage = "list"\ndate = "2026-08-01"`;
    const text = `\`\`\`toml\n[advisory]\n${head}\n[affected.functions]\n${functions}\n[versions]\npatched = ["${patched}"]\n\`\`\`\n\n# It writes elsewhere\n\nIn short.\n`;
    writeFileSync(join(database, 'crates/list', `${id}.md`), text);
  };
  tell('RUSTSEC-2026-0009', '"list::other" = ["< 0.1"]', '>= 0.1');
  const { mirror, clock, publish, index, download } = await startScene(t, {
    mirror: { advisoryDatabases: [database] },
  });
  publish({ name: 'list', version: '1.0.0', lib });
  await mirror.tick();
  const cwd = folder(t);
  program(cwd, 'calls', 'l.insert_many(3);', '2');
  program(cwd, 'calls-not', 'l.push(3);', '2');
  program(cwd, 'lines', 'l.push(3);', 'line-tables-only');
  const parts = join(cwd, 'parts');
  mkdirSync(parts);
  for (const name of ['aside', 'mixed']) {
    program(parts, name, name === 'aside' ? 'l.push(5);' : 'l.push(6);', '2');
  }
  program(parts, 'split', 'l.push(7);', '2', 'packed');
  for (const [name, functions] of [
    ['told', FunctionFilter.of(new Set(['List::push'])).text],
    ['told-wrong', '1:nothing'],
  ] as const) {
    program(parts, name, `println!("{name}"); l.push(8);`.replace('{name}', name), '0');
    saidOf(parts, name, functions);
  }
  putAside(parts, 'mixed', 'aside');
  putAside(parts, 'aside');
  const run = (...args: string[]) =>
    safeguard(args, { cwd, env: { SAFEGUARD_SERVER: mirror.url, SAFEGUARD_TOKEN: mirror.token() } });
  const added = await run('inventory', 'add', 'calls-not', 'calls', 'lines');
  assert.equal(added.code, 0, added.stderr);
  // Debug information beside them is none of their artefacts, and that of another program says nothing.
  const aside = await run('inventory', 'add', 'parts');
  assert.equal(aside.code, 0, aside.stderr);
  assert.deepEqual(aside.stdout.match(/^Added: .*?(?= \()/gm)?.toSorted(), [
    'Added: aside',
    'Added: mixed',
    'Added: split',
    'Added: told',
    'Added: told-wrong',
  ]);
  const alone = await run('inventory', 'add', 'parts/aside.dbg');
  assert.equal(alone.code, 64, alone.stderr);
  assert.match(alone.stderr, /parts\/aside\.dbg has debug information alone[\s\S]*Name the program/);

  const ranks = async (of: string) => {
    const { stdout, code } = await run('affected', of, '--format', 'json');
    assert.equal(code, 1);
    const { artefacts, count, settled } = JSON.parse(stdout);
    assert.deepEqual([count, settled], [8, 0]);
    return Object.fromEntries(
      artefacts.map(
        ({ artefact, findings }: { artefact: { name: string }; findings: { ranked: object | null }[] }) => [
          artefact.name,
          findings[0]?.ranked,
        ],
      ),
    );
  };
  const strike = async () => {
    tell('RUSTSEC-2026-0001', '"list::List::insert_many" = ["< 2"]');
    tell('RUSTSEC-2026-0002', '"list::shown" = ["< 2"]');
    clock.advance('1h');
    await mirror.tick();
  };
  const nothing = {
    calls: null,
    'calls-not': null,
    lines: null,
    aside: null,
    mixed: null,
    split: null,
    told: null,
    'told-wrong': null,
  };
  // Whoever built it has had the release from the mirror, before anybody knew of the flaw.
  assert.equal((await index('list')).status, 200);
  assert.equal((await download('list', '1.0.0')).status, 200);
  await strike();
  const functions = ['list::List::insert_many'];
  const reason = 'its debug information has no code of list::List::insert_many';
  const behind = { functions, reason };
  assert.deepEqual(await ranks('RUSTSEC-2026-0001'), {
    ...nothing,
    'calls-not': behind,
    aside: behind,
    split: behind,
    told: behind,
  });
  // Handed on under another name: code of it would be called otherwise.
  assert.deepEqual(await ranks('RUSTSEC-2026-0002'), nothing);

  const text = (await run('affected', 'RUSTSEC-2026-0001')).stdout;
  assert.match(text, /8 of 8 artefacts have it\./);
  assert.match(
    text,
    /lines \([\s\S]*\ncalls \([\s\S]*\naside \([\s\S]*\ncalls-not \(.*\n {2}app → list 1\.0\.0 \(direct\)\n {2}ranks behind the others: its debug information has no code of list::List::insert_many; it is not said to be safe\n$/,
  );
  const csv = (await run('affected', 'RUSTSEC-2026-0001', '--format', 'csv')).stdout;
  assert.match(csv, /,stated-by,ranked\n/);
  assert.match(csv, /,calls-not,.*,its debug information has no code of list::List::insert_many\n/);

  const deployed = await run('inventory', 'deploy', 'calls-not', '--environment', 'production');
  assert.equal(deployed.code, 0, deployed.stderr);
  await mirror.tick();
  const exposures = (await run('inventory', 'exposures')).stdout;
  assert.match(
    exposures,
    /RUSTSEC-2026-0001[\s\S]*ranks behind the others: its debug information has no code/,
  );
});
