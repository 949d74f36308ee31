/** A project built sealed off: what comes out, and what stops it. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { bytesSource } from '../../src/binary/bytes.ts';
import { segmentsDigest } from '../../src/binary/segments.ts';
import { environment, main, run, safeguard } from '../cli/support.ts';
import { jsonProblem } from '../support/bom-judges.ts';
import { lockfileOf, manifest, sealedProject, triple, unsealed } from '../support/sealed.ts';
import { stage } from '../support/stage.ts';

/** Two programs: one with a build script and a macro, one with a feature that the other has not. */
const workspace = {
  'Cargo.toml': '[workspace]\nresolver = "2"\nmembers = ["one", "two", "made", "shared"]\n',
  'Cargo.lock': lockfileOf({ made: [], one: ['made', 'shared'], shared: [], two: ['shared'] }),
  'one/Cargo.toml': manifest(
    'one',
    '[dependencies]\nmade = { path = "../made" }\nshared = { path = "../shared", features = ["wide"] }',
  ),
  'one/build.rs':
    'fn main() { println!("cargo::rustc-env=SEEN={}", std::env::vars().map(|(k, _)| k).filter(|k| k.starts_with("TEST_")).collect::<Vec<_>>().join(",")); }\n',
  'one/src/main.rs':
    'fn main() { println!("{}{}", made::made!(), shared::NAME); println!("seen [{}]", env!("SEEN")); println!("{}", file!()); }\n',
  'made/Cargo.toml': manifest('made', '[lib]\nproc-macro = true'),
  'made/src/lib.rs':
    'use proc_macro::TokenStream;\n#[proc_macro]\npub fn made(_: TokenStream) -> TokenStream { "\\"made \\"".parse().unwrap() }\n',
  'two/Cargo.toml': manifest('two', '[dependencies]\nshared = { path = "../shared" }'),
  'two/src/main.rs': 'fn main() { println!("{}", shared::NAME); }\n',
  'shared/Cargo.toml': manifest('shared', '[features]\nwide = []'),
  'shared/src/lib.rs':
    '#[cfg(feature = "wide")]\npub const NAME: &str = "wide";\n#[cfg(not(feature = "wide"))]\npub const NAME: &str = "narrow";\n',
};

interface Document {
  readonly metadata: {
    readonly component: {
      readonly name: string;
      readonly hashes: readonly { readonly alg: string; readonly content: string }[];
      readonly properties: readonly { readonly name: string; readonly value: string }[];
    };
    readonly lifecycles: readonly { readonly phase: string }[];
  };
  readonly components: readonly {
    readonly name: string;
    readonly scope: string;
    readonly properties: readonly { readonly name: string }[];
  }[];
}

/** Without the libraries of the system, which other tests are about. */
function cratesOf({ components }: Document): Document['components'] {
  return components.filter(
    ({ properties }) => !properties.some(({ name }) => name.startsWith('safeguard:native-')),
  );
}

function documentOf(output: string, name: string): Document {
  return JSON.parse(readFileSync(join(output, `${name}.cdx.json`), 'utf8')) as Document;
}

describe('safeguard build', { skip: unsealed }, () => {
  it('makes programs that run, each with the SBOM of its own crates, the same in every folder', async (t) => {
    const [here, there] = [sealedProject(t, workspace), sealedProject(t, workspace)];
    const ran = await here.build([], [], { TEST_SECRET: 'x' });
    assert.equal(ran.code, 0, ran.stderr);
    const { output } = here;
    const documents = [
      '',
      '.cdx.json',
      '.provenance.intoto.json',
      '.sbom.intoto.json',
      '.verdict.intoto.json',
    ];
    assert.deepEqual(readdirSync(output).sort(), [
      'build.log',
      ...documents.map((end) => `one${end}`),
      ...documents.map((end) => `two${end}`),
    ]);
    assert.deepEqual(
      readdirSync(join(output, '..')).sort(),
      ['.gitignore', triple],
      'nothing is left behind',
    );
    const said = spawnSync(join(output, 'one'), { encoding: 'utf8' }).stdout;
    assert.equal(said, 'made wide\nseen []\none/src/main.rs\n');
    const one = documentOf(output, 'one');
    assert.deepEqual(
      cratesOf(one).map(({ name, scope }) => [name, scope]),
      [
        ['made', 'excluded'],
        ['shared', 'required'],
      ],
    );
    // What the other program does not link is not in its document.
    assert.deepEqual(
      cratesOf(documentOf(output, 'two')).map(({ name }) => name),
      ['shared'],
    );
    const bytes = readFileSync(join(output, 'one'));
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    const subject = one.metadata.component;
    assert.equal(subject.hashes.find(({ alg }) => alg === 'SHA-256')?.content, sha256);
    assert.ok(ran.stdout.includes(`${sha256}  safeguard-out/${triple}/one\n`));
    const notes = spawnSync('readelf', ['-n', join(output, 'one')], { encoding: 'utf8' }).stdout;
    const buildId = /Build ID: ([0-9a-f]+)/.exec(notes)?.[1];
    assert.equal(subject.properties.find(({ name }) => name === 'safeguard:build-id')?.value, buildId);
    const segments = segmentsDigest(bytesSource(bytes));
    assert.equal(
      subject.properties.find(({ name }) => name === 'safeguard:segments-sha256')?.value,
      segments,
    );
    assert.deepEqual(one.metadata.lifecycles, [{ phase: 'build' }]);
    const text = readFileSync(join(output, 'one.cdx.json'), 'utf8');
    assert.equal(await jsonProblem(text, '1.7'), undefined);

    // Whoever builds has other habits as well.
    const habits = {
      LC_ALL: 'tr_TR.UTF-8',
      LANG: 'tr_TR.UTF-8',
      TZ: 'Pacific/Kiritimati',
      USER: 'other',
      PWD: '/',
    };
    spawnSync('chmod', ['-R', 'go-rwx', there.dir]);
    const umask = process.umask(0o077);
    const building = there.build([], [], habits);
    process.umask(umask);
    const other = await building;
    assert.equal(other.code, 0, other.stderr);
    assert.equal(statSync(join(there.output, 'one.cdx.json')).mode & 0o777, 0o600);
    const ends = ['', '.cdx.json', '.sbom.intoto.json'];
    for (const file of ['one', 'two'].flatMap((name) => ends.map((end) => `${name}${end}`))) {
      const built = readFileSync(join(there.output, file));
      assert.ok(built.equals(readFileSync(join(output, file))), `${file} differs`);
      assert.ok(!built.includes(there.dir), `${file} names a folder of this machine`);
    }
  });

  it('stops what is denied before anything is compiled, and says which crates', async (t) => {
    const s = await stage(t);
    s.publish('word', '1.0.0', { pubtime: '2020-01-01T00:00:00Z' });
    await s.index('word');
    const project = s.project({ dependencies: { word: '1' } });
    assert.equal((await project.run(['generate-lockfile'])).code, 0);
    const env = { ...environment(project.dir), CARGO_HOME: project.cargoHome, HOME: project.cargoHome };
    const args = ['build', '--server', s.mirror.url, '--', 'cargo', 'build'];
    const built = await safeguard(args, { cwd: project.dir, env });
    assert.equal(built.code, 0, built.stderr);
    const out = join(project.dir, 'safeguard-out', triple);
    assert.deepEqual(
      cratesOf(documentOf(out, 'app')).map(({ name }) => name),
      ['word'],
    );
    project.write('safeguard.toml', '[banned]\ncrates = [{ name = "word", reason = "a test" }]\n');
    const denied = await safeguard(args, { cwd: project.dir, env });
    assert.equal(denied.code, 1, denied.stderr + denied.stdout);
    assert.match(denied.stdout, /word/);
    assert.match(denied.stderr, /^verdict +deny/m);
    assert.match(denied.stderr, /Nothing was compiled\.$/m);
    assert.doesNotMatch(denied.stderr, /^(?:fetch|compile)/m);
  });

  it('compiles no archive that is not what the lockfile names', async (t) => {
    const s = await stage(t);
    s.publish('word', '1.0.0', { pubtime: '2020-01-01T00:00:00Z' });
    await s.index('word');
    const project = s.project({ dependencies: { word: '1' } });
    assert.equal((await project.run(['fetch'])).code, 0);
    const env = { ...environment(project.dir), CARGO_HOME: project.cargoHome, HOME: project.cargoHome };
    const args = ['build', '--server', s.mirror.url, '--', 'cargo', 'build'];
    // What somebody put into the unpacked source is not compiled: it is unpacked afresh.
    const sources = join(project.cargoHome, 'registry/src');
    const [registry = ''] = readdirSync(sources);
    writeFileSync(join(sources, registry, 'word-1.0.0/src/lib.rs'), 'compile_error!("altered");\n');
    const built = await safeguard(args, { cwd: project.dir, env });
    assert.equal(built.code, 0, built.stderr);
    const archive = join(project.cargoHome, 'registry/cache', registry, 'word-1.0.0.crate');
    writeFileSync(archive, readFileSync(archive).subarray(1));
    const altered = await safeguard(args, { cwd: project.dir, env });
    assert.equal(altered.code, 1, altered.stderr);
    assert.match(
      altered.stderr,
      /word-1\.0\.0\.crate is not the archive of word 1\.0\.0 that Cargo\.lock names/,
    );
  });

  it('says what cargo said where it cannot be built, and leaves the results of before', async (t) => {
    const project = sealedProject(t, {
      'Cargo.toml': manifest('app', '[workspace]'),
      'Cargo.lock': lockfileOf({ app: [] }),
      'src/main.rs': 'fn main() {}\n',
    });
    assert.equal((await project.build()).code, 0);
    writeFileSync(join(project.dir, 'src/main.rs'), 'fn main() { missing(); }\n');
    const ran = await project.build();
    assert.equal(ran.code, 1);
    assert.match(ran.stderr, /cannot find function `missing`/);
    assert.ok(existsSync(join(project.output, 'app')));
  });

  it('names the target that is to be built where cargo is configured for several', async (t) => {
    const project = sealedProject(t, {
      'Cargo.toml': manifest('app', '[workspace]'),
      'Cargo.lock': lockfileOf({ app: [] }),
      'src/main.rs': 'fn main() {}\n',
      '.cargo/config.toml': `[build]\ntarget = ["${triple}", "wasm32-unknown-unknown"]\n`,
    });
    const refused = await project.build();
    assert.equal(refused.code, 64);
    assert.match(refused.stderr, /Name one: safeguard build -- cargo build --target …/);
    const ran = await project.build([], ['--target', triple]);
    assert.equal(ran.code, 0, ran.stderr);
    assert.ok(existsSync(join(project.output, 'app')));
  });

  it('builds packages beside the project that paths lead to, and sees nothing else there', async (t) => {
    const project = sealedProject(t, {
      'Cargo.toml': manifest('app', '[workspace]\n[dependencies]\nnear = { path = "../near" }'),
      'Cargo.lock': lockfileOf({ app: ['near'], near: [] }),
      'src/main.rs': 'fn main() { println!("{}", near::SEEN); }\n',
    });
    const near = join(project.dir, '../near');
    mkdirSync(join(near, 'src'), { recursive: true });
    writeFileSync(join(project.dir, '../private'), 'x');
    writeFileSync(join(near, 'Cargo.toml'), manifest('near'));
    writeFileSync(
      join(near, 'build.rs'),
      'fn main() { println!("cargo::rustc-env=SEEN={}", std::fs::read_dir("..").unwrap().count()); }\n',
    );
    writeFileSync(join(near, 'src/lib.rs'), 'pub const SEEN: &str = env!("SEEN");\n');
    const ran = await project.build();
    assert.equal(ran.code, 0, ran.stderr);
    const said = spawnSync(join(project.output, 'app'), { encoding: 'utf8' }).stdout;
    assert.equal(said, '2\n', 'the project and what it leads to');
  });
});

describe('safeguard build on machines that cannot seal', () => {
  const files = {
    'Cargo.toml': manifest('app', '[workspace]'),
    'Cargo.lock': lockfileOf({ app: [] }),
    'src/main.rs': 'fn main() {}\n',
  };

  it('says that bubblewrap is missing, and builds without it only where it is told to', async (t) => {
    const project = sealedProject(t, files);
    const programs = join(project.dir, '../programs');
    mkdirSync(programs);
    for (const name of ['cargo', 'rustc', 'cc', 'ld', 'git', 'sh']) {
      const found = spawnSync('sh', ['-c', `command -v ${name}`], { encoding: 'utf8' }).stdout.trim();
      if (found !== '') spawnSync('ln', ['-s', found, join(programs, name)]);
    }
    const missing = await project.build([], [], { PATH: programs });
    assert.equal(missing.code, 70);
    assert.match(
      missing.stderr,
      /there is no bubblewrap on this machine\n {2}Install the package `bubblewrap`/,
    );
    const open = await project.build(['--no-sandbox'], [], { PATH: programs });
    assert.equal(open.code, 0, open.stderr);
    assert.match(open.stderr, /^sandbox +none/m);
    assert.ok(existsSync(join(project.output, 'app')));
  });

  it('says that namespaces may not be made', async (t) => {
    const project = sealedProject(t, files);
    const programs = join(project.dir, '../programs');
    mkdirSync(programs);
    const refusing = `#!/bin/sh\ncase "$1" in --version) echo bubblewrap 0.8.0;; --help) echo --disable-userns;; *) echo 'bwrap: No permissions to create new namespace' >&2; exit 1;; esac\n`;
    writeFileSync(join(programs, 'bwrap'), refusing, { mode: 0o755 });
    const PATH = `${programs}:${process.env.PATH}`;
    const user = await project.build([], [], { PATH });
    assert.equal(user.code, 70);
    assert.match(user.stderr, /namespaces/);
    const container = await project.build([], [], { PATH, container: 'podman' });
    assert.equal(container.code, 70);
    assert.match(container.stderr, /this container may not make namespaces/);
  });

  const closed = ['unshare', '--user', '--map-root-user', 'sh', '-c'];
  const close = 'echo 0 > /proc/sys/user/max_user_namespaces';
  const canClose = spawnSync(closed[0] ?? '', [...closed.slice(1), close]).status === 0;

  it('says so where the kernel allows no more of them', {
    skip: unsealed || (canClose ? false : 'no namespace may be closed here'),
  }, async (t) => {
    const { dir, home, output } = sealedProject(t, files);
    const [program = '', ...words] = closed;
    const build = [process.execPath, main, 'build', '--offline', '--', 'cargo', 'build'];
    const ran = await run(program, [...words, `${close} && exec "$@"`, 'sh', ...build], {
      cwd: dir,
      env: { HOME: home },
    });
    assert.equal(ran.code, 70, ran.stderr);
    assert.match(
      ran.stderr,
      /^safeguard: this (?:user|container) may not make (?:user )?namespaces .*\n {2}(?:Allow them|Let it) \(/m,
    );
    assert.ok(!existsSync(join(output, '..')));
  });
});
