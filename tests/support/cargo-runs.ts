/**
 * Proves that what samples hide does run when cargo builds them: copies in one workspace, built offline by one cargo, whose
 * payloads write one marker file each into a folder of their own.
 */
import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { readManifest } from '../../src/cargo/manifest/manifest.ts';
import { codeName } from '../../src/cargo/manifest/targets.ts';
import { cargoProject } from './cargo.ts';
import { toToml } from './manifest.ts';
import type { Cleanup } from './temp.ts';

/** A package with a payload. Its build script runs by itself; its macros and functions run where `used` names them. */
export interface Runnable {
  /** Of the folder that the copy and its marker have; different from all others. */
  readonly name: string;
  /**
   * By path in the package, `Cargo.toml` among them. Where `payload-marker` stands in a text, the copy has the path of its
   * marker file: `Command::new("touch").arg("payload-marker")`.
   */
  readonly files: Readonly<Record<string, string>>;
  /**
   * Rust that makes it run: for a library of macros, items of another crate (`sample::nothing!();` if absent); for a
   * library, statements of another crate's build script (`sample::f();` if absent). `sample` stands for its crate.
   */
  readonly used?: string;
}

export interface RunOptions {
  /** What `crates.io` has, by name: the files of one version each, `Cargo.toml` among them. */
  readonly crates?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly env?: Readonly<Record<string, string>>;
}

export interface Ran {
  /** The names of those whose payload ran. */
  readonly names: ReadonlySet<string>;
  /** What cargo said, for whoever wonders why one did not. */
  readonly said: string;
}

const marker = 'payload-marker';
const timeoutMs = 400_000;

/** Builds them all (`cargo check`) and says whose payloads ran. One that does not compile keeps only its users from being built. */
export async function payloadsRun(
  samples: readonly Runnable[],
  { crates = {}, env = {} }: RunOptions,
  t: Cleanup,
): Promise<Ran> {
  const copies = samples.map(copyOf);
  const project = cargoProject(
    {
      dependencies: {},
      files: {
        'Cargo.toml': toToml({
          workspace: { members: ['samples/*', 'users/*'], resolver: '2' },
          profile: { dev: { debug: false, 'build-override': { debug: false } } },
        }),
        '.cargo/config.toml': toToml({
          source: { 'crates-io': { 'replace-with': 'shelf' }, shelf: { directory: 'shelf' } },
        }),
        ...usersOf(copies),
        ...Object.fromEntries(
          Object.entries(crates).flatMap(([name, files]) =>
            Object.entries({ ...files, '.cargo-checksum.json': '{"files":{}}' }).map(([path, text]) => [
              `shelf/${name}/${path}`,
              text,
            ]),
          ),
        ),
      },
    },
    t,
  );
  const folder = join(project.dir, 'ran');
  for (const { name, files } of copies) {
    mkdirSync(join(folder, name), { recursive: true });
    for (const [path, text] of Object.entries(files))
      project.write(`samples/${name}/${path}`, text.replaceAll(marker, join(folder, name, 'marker')));
  }
  mkdirSync(join(project.dir, 'shelf'), { recursive: true });
  const args = ['check', '--workspace', '--offline', '--keep-going', '--quiet'];
  const { stderr } = await project.run(args, { RUSTFLAGS: '--cap-lints=allow', ...env }, { timeoutMs });
  const names = readdirSync(folder).filter((name) => existsSync(join(folder, name, 'marker')));
  return { names: new Set(names), said: stderr };
}

interface Copy extends Runnable {
  readonly package: string;
  /** What makes it run beside itself. */
  readonly user: 'macro-user' | 'library-user' | undefined;
}

function copyOf(sample: Runnable): Copy {
  const { root, package: pkg } = readManifest(sample.files['Cargo.toml'] ?? '');
  const lib = root.table('lib');
  const isMacro = lib?.boolean('proc-macro') === true;
  const hasScript = typeof pkg?.fields.get('build') === 'string' || 'build.rs' in sample.files;
  const user = isMacro ? 'macro-user' : hasScript && sample.used === undefined ? undefined : 'library-user';
  // Of a package in a workspace of its own cargo would make no member.
  const manifest = (sample.files['Cargo.toml'] ?? '').replace(/^\[workspace\]$/m, '');
  return { ...sample, files: { ...sample.files, 'Cargo.toml': manifest }, package: pkg?.name ?? '', user };
}

/** A crate that calls all macros, and one whose build script calls all libraries. */
function usersOf(copies: readonly Copy[]): Record<string, string> {
  const of = (user: Copy['user']) => copies.filter((copy) => copy.user === user);
  const [macros, libraries] = [of('macro-user'), of('library-user')];
  const named = (copy: Copy, text: string) => text.replaceAll(/\bsample\b/g, codeName(copy.package));
  const items = macros.map((copy, i) => `mod m${i} { ${named(copy, copy.used ?? 'sample::nothing!();')} }\n`);
  const statements = libraries.map((copy) => `    { ${named(copy, copy.used ?? 'sample::f();')} }\n`);
  return {
    'users/macro-user/Cargo.toml': userManifest('macro-user', 'dependencies', macros),
    'users/macro-user/src/lib.rs': items.join(''),
    'users/library-user/Cargo.toml': userManifest('library-user', 'build-dependencies', libraries),
    'users/library-user/src/lib.rs': '',
    'users/library-user/build.rs': `fn main() {\n${statements.join('')}}\n`,
  };
}

function userManifest(name: string, table: string, copies: readonly Copy[]): string {
  return toToml({
    package: { name, version: '0.0.0', edition: '2021' },
    [table]: Object.fromEntries(copies.map((copy) => [copy.package, { path: `../../samples/${copy.name}` }])),
  });
}
