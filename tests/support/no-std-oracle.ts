/**
 * What rustc says of `std`: packages are checked against a sysroot that has `core`, and perhaps `alloc`, and nothing else.
 * Build scripts and macros keep the real one, since flags count for the target alone.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** The target that is checked: this machine's own, named so that flags do not count for the host. */
export const oracleTarget = 'x86_64-unknown-linux-gnu';

/** What came of a package, by `name version`: it compiles, or which crate it misses. */
export type RustcAnswer = 'compiles' | 'std' | 'alloc' | 'other';

const always = /^lib(?:core|compiler_builtins|rustc_std_workspace_core)-/;
const withAlloc = /^lib(?:alloc|rustc_std_workspace_alloc)-/;

/** The toolchain's own folder of libraries; `undefined` where it has none for the target. */
function librariesHere(): string | undefined {
  const { status, stdout } = spawnSync('rustc', ['--print', 'target-libdir', '--target', oracleTarget], {
    encoding: 'utf8',
  });
  const folder = (stdout ?? '').trim();
  if (status !== 0) return undefined;
  try {
    return readdirSync(folder).some((name) => name.startsWith('libcore-')) ? folder : undefined;
  } catch {
    return undefined;
  }
}

/** Why rustc cannot be asked here; `undefined` where it can. */
export function noOracle(): string | undefined {
  return librariesHere() === undefined
    ? `there is no rustc here with libraries for ${oracleTarget}`
    : undefined;
}

/** Makes a sysroot with `core`, and with `alloc` where it is wanted. */
export function sysroot(folder: string, { alloc }: { readonly alloc: boolean }): string {
  const from = librariesHere();
  if (from === undefined) throw new Error(noOracle());
  const to = join(folder, 'lib', 'rustlib', oracleTarget, 'lib');
  mkdirSync(to, { recursive: true });
  for (const name of readdirSync(from)) {
    if (always.test(name) || (alloc && withAlloc.test(name))) cpSync(join(from, name), join(to, name));
  }
  return folder;
}

export interface CheckOptions {
  /** The workspace. */
  readonly folder: string;
  readonly member: string;
  readonly sysroot: string;
  /** Where it is built. */
  readonly target: string;
}

/** Checks one member and says what came of each package that was compiled for the target. */
export function askRustc({
  folder,
  member,
  sysroot: root,
  target,
}: CheckOptions): ReadonlyMap<string, RustcAnswer> {
  const args = [
    'check',
    '--package',
    member,
    '--target',
    oracleTarget,
    '--keep-going',
    '--message-format',
    'json',
  ];
  const { stdout, stderr, error } = spawnSync('cargo', [...args, '--locked', '--offline'], {
    cwd: folder,
    encoding: 'utf8',
    maxBuffer: 2 ** 30,
    env: { ...process.env, RUSTFLAGS: `--sysroot=${root} --cap-lints=allow`, CARGO_TARGET_DIR: target },
  });
  if (error !== undefined) throw error;
  const answers = new Map<string, RustcAnswer>();
  for (const line of stdout.split('\n')) {
    if (!line.startsWith('{')) continue;
    const message = JSON.parse(line) as CargoMessage;
    if (message.reason === 'compiler-artifact' && isForTarget(message))
      answers.set(idOf(message.package_id), 'compiles');
    if (message.reason !== 'compiler-message' || message.message.level !== 'error') continue;
    const id = idOf(message.package_id);
    const [, missing] = /can't find crate for `(std|alloc)`/.exec(message.message.message) ?? [];
    const before = answers.get(id);
    answers.set(
      id,
      missing === 'std' || before === 'std' ? 'std' : missing === 'alloc' ? 'alloc' : (before ?? 'other'),
    );
  }
  if (answers.size === 0) throw new Error(`cargo checked nothing: ${stderr.slice(-2000)}`);
  return answers;
}

type CargoMessage =
  | {
      readonly reason: 'compiler-artifact';
      readonly package_id: string;
      readonly target: { readonly kind: readonly string[] };
      readonly filenames: readonly string[];
    }
  | {
      readonly reason: 'compiler-message';
      readonly package_id: string;
      readonly message: { readonly level: string; readonly message: string };
    }
  | { readonly reason: 'other' };

function isForTarget({
  target,
  filenames,
}: {
  target: { kind: readonly string[] };
  filenames: readonly string[];
}): boolean {
  const isLibrary = target.kind.some((kind) => kind === 'lib' || kind === 'rlib');
  return isLibrary && filenames.some((name) => name.includes(`/${oracleTarget}/`));
}

/** `registry+…#name@1.0.0`, `path+file:///…/name#1.0.0`. */
function idOf(packageId: string): string {
  const [address = '', fragment = ''] = packageId.split('#');
  const [name, version] = fragment.includes('@')
    ? fragment.split('@')
    : [address.split('/').at(-1), fragment];
  return `${name} ${version}`;
}
