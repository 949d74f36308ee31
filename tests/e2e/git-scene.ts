/** A project and the repository of a package that it may depend on. */
import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { gateVerdictSchema } from '../../src/gate/report/schema.ts';
import { folder, safeguard } from '../cli/support.ts';
import { manifest } from '../support/check.ts';
import { lockedApp, lockfileText } from '../support/lockfile.ts';
import { repository } from '../support/repository.ts';
import { stage } from '../support/stage.ts';

export const quiet = 'fn main() { println!("cargo::rerun-if-changed=build.rs"); }\n';
export const curl =
  'fn main() { std::process::Command::new("curl").arg("https://a.invalid").status().unwrap(); }\n';

/** A workspace: a library with a build script, whose licence is its workspace's, and macros in a folder below. */
export const viagit = (build: string, license = 'MIT') => ({
  'Cargo.toml': `[workspace]\nmembers = ["viagit", "viagit/macros"]\nresolver = "2"\n[workspace.package]\nversion = "0.1.0"\nlicense = "${license}"\n`,
  'viagit/Cargo.toml':
    '[package]\nname = "viagit"\nversion.workspace = true\nedition = "2021"\nlicense.workspace = true\n[build-dependencies]\n',
  'viagit/src/lib.rs': '#[path = "../../shared/extra.rs"]\nmod extra;\n',
  'shared/extra.rs': 'pub fn extra() {}\n',
  'viagit/build.rs': build,
  'viagit/macros/Cargo.toml':
    '[package]\nname = "viagit-macros"\nversion = "0.2.0"\nedition = "2021"\nlicense = "MIT"\n[lib]\nproc-macro = true\n',
  'viagit/macros/src/lib.rs':
    'use proc_macro::TokenStream;\n#[proc_macro_derive(Show)]\npub fn show(input: TokenStream) -> TokenStream { input }\n',
});

export async function gitScene(
  t: TestContext,
  options: { policy?: string; license?: string; build?: string } = {},
) {
  const s = await stage(t);
  const origin = repository(t);
  const first = origin.commit(viagit(options.build ?? curl, options.license));
  const url = `file://${origin.dir}`;
  const locked = (commit: string, ...names: readonly string[]) =>
    names.map((name) => ({
      name,
      version: name === 'viagit' ? '0.1.0' : '0.2.0',
      source: `git+${url}#${commit}`,
    }));
  const lock = (commit: string, ...names: readonly string[]) =>
    lockfileText(lockedApp(...names), ...locked(commit, ...names));
  const app = (...names: readonly string[]) =>
    manifest(names.map((name) => `${name} = { git = "${url}" }`).join('\n'));
  const repo = repository(t);
  const policy = options.policy ?? `[source]\ngit = ["${url}"]\n`;
  repo.commit({
    'Cargo.toml': app(),
    'src/main.rs': 'fn main() {}\n',
    'Cargo.lock': lockfileText(lockedApp()),
    'safeguard.toml': policy,
  });
  const env = { XDG_CACHE_HOME: folder(t), CARGO_HOME: folder(t) };
  const ask = (...args: readonly string[]) => safeguard(args, { cwd: repo.dir, env });
  const check = async (...args: readonly string[]) => {
    const ran = await ask('check', '--base', 'HEAD', '--format', 'json', ...args);
    assert.ok(ran.stdout.startsWith('{'), ran.stderr + ran.stdout);
    const verdict = gateVerdictSchema.parse(JSON.parse(ran.stdout));
    const found = verdict.changes.flatMap(({ findings }) => findings).filter(({ crate }) => crate !== '');
    return {
      code: ran.code,
      verdict: verdict.verdict,
      said: found.map(({ crate, rule, effect }) => `${crate} ${rule} ${effect}`).sort(),
      messages: found.map(({ message }) => message),
      next: found.map(({ next }) => next),
    };
  };
  return { origin, first, repo, env, ask, check, lock, app, here: ['--upstream', s.upstream.indexUrl] };
}
