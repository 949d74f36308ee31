/** Short code for reviews, as each role has it: what it reaches must be named whoever does it. */
import assert from 'node:assert/strict';
import type { CodeReview } from '../../src/rust/code-review.ts';
import { reviewPackage } from '../../src/rust/package-review.ts';
import { packageSource } from '../../src/rust/package-source.ts';
import { toToml } from '../support/manifest.ts';

export type ReachRole = 'script' | 'macro' | 'library';
export const roles: readonly ReachRole[] = ['script', 'macro', 'library'];

/** One act, inert: nothing of it is compiled here. */
export interface Reach {
  readonly how: string;
  /** What stands in the body of a function. */
  readonly body: string;
  /** What stands before it. */
  readonly head?: string;
  /** Other files of the package. */
  readonly files?: Readonly<Record<string, string>>;
  /** Shapes of which each must be said; a `*` at the end stands for anything. */
  readonly says: readonly string[];
  /** Shapes that must not be said, with a `*` as above. */
  readonly never?: readonly string[];
  /** The roles that it is tried in; all of them if absent. */
  readonly roles?: readonly ReachRole[];
}

const crates = [
  ...['autotools', 'bindgen', 'camino', 'cc', 'cmake', 'cxx-build', 'dircpy', 'fs_extra', 'glob', 'libc'],
  ...['memmap2', 'meson', 'nix', 'prost-build', 'protobuf-codegen', 'quote', 'rustix', 'smol', 'async-net'],
  ...['async-std', 'tar', 'tokio', 'tonic-build', 'walkdir', 'zip', 'proc-macro2', 'syn', 'monoio', 'capnpc'],
  ...[
    'fs-err',
    'open',
    'subprocess',
    'syscalls',
    'sc',
    'mmap-rs',
    'tempfile',
    'region',
    'mio',
    'socket2',
    'async-process',
    'gix',
    'cmd_lib',
    'compio',
    'find-msvc-tools',
    'duct',
    'xshell',
  ],
];

/** The review of a package that does it in that role. */
export function reviewOf(
  { body, head = '', files = {} }: Reach,
  role: ReachRole,
): Omit<CodeReview, 'tokens'> {
  const table = role === 'script' ? 'build-dependencies' : 'dependencies';
  const manifest = toToml({
    package: { name: 'reach', version: '1.0.0', edition: '2021' },
    lib: { 'proc-macro': role === 'macro' },
    [table]: Object.fromEntries(crates.map((name) => [name, '1'])),
  });
  const code = {
    script: `${head}\nfn main() {\n${body}\n}`,
    macro: `${head}\n#[proc_macro] pub fn nothing(_: proc_macro::TokenStream) -> proc_macro::TokenStream {\n${body}\n; Default::default() }`,
    library: `${head}\npub fn f() {\n${body}\n}`,
  }[role];
  const all: Readonly<Record<string, string>> = {
    'Cargo.toml': manifest,
    [role === 'script' ? 'build.rs' : 'src/lib.rs']: code,
    ...files,
  };
  const review = reviewPackage(packageSource(manifest, (path) => all[path]));
  const found = { script: review.buildScript, macro: review.macros, library: review.library }[role];
  assert.ok(found !== undefined, role);
  return found;
}

/** Holds a review against what must be said, and what must not. */
export function assertReach(reach: Reach, role: ReachRole): void {
  const { shapes } = reviewOf(reach, role);
  const said = shapes.join('\n');
  for (const shape of reach.says) assert.ok(isSaid(shapes, shape), `${shape} of:\n${said}`);
  for (const shape of reach.never ?? []) assert.ok(!isSaid(shapes, shape), `not ${shape} of:\n${said}`);
}

function isSaid(shapes: readonly string[], wanted: string): boolean {
  return wanted.endsWith('*')
    ? shapes.some((shape) => shape.startsWith(wanted.slice(0, -1)))
    : shapes.includes(wanted);
}
