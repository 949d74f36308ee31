/** Debian's Rust with the standard libraries of two targets, and what links for the second one: unpacked, not installed. */
import { execFile } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  globSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readlinkSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { promisify } from 'node:util';
import { PeerMissing, testCache } from './peers.ts';

const run = promisify(execFile);

/** Of bookworm itself: security updates are not there for all architectures at the same time. */
const release = '1.85.0+dfsg3-1~deb12u3';
const rust = [
  `rustc-web=${release}`,
  `cargo-web=${release}`,
  `libstd-rust-web-1.85=${release}`,
  `libstd-rust-web-dev=${release}`,
  `libstd-rust-web-dev:i386=${release}`,
  'libllvm19',
  'libhttp-parser2.9',
  'libssh2-1',
  'libpcre3',
];
const system = ['libc6-i386', 'libc6-dev-i386', 'lib32gcc-s1', 'lib32gcc-12-dev'];

export const target32 = 'i686-unknown-linux-gnu';

export interface TwoTargets {
  /** A toolchain for x86_64-unknown-linux-gnu and for `target32`. */
  readonly toolchain: string;
  /** A root with the C library of 32 bits, and what GCC links by. */
  readonly root: string;
  /** Flags of rustc's for `target32`. */
  readonly flags: readonly string[];
  /** Words that run a program of 32 bits by that C library. */
  readonly runner: readonly string[];
}

/** Brings both by apt, to a folder of its own. Throws `PeerMissing` where there is no apt, or it has none of these versions. */
export async function debianRust(): Promise<TwoTargets> {
  const place = join(testCache, `debian-rust-${release.replace(/\W+/g, '-')}`);
  if (!existsSync(place)) {
    const making = `${place}.${process.pid}`;
    rmSync(making, { recursive: true, force: true });
    try {
      await bring(making);
      renameSync(making, place);
    } finally {
      rmSync(making, { recursive: true, force: true });
    }
  }
  const [toolchain, root] = [join(place, 'rust/usr'), join(place, 'system')];
  const gcc = join(root, 'usr/lib/gcc/x86_64-linux-gnu/12/32/');
  return {
    toolchain,
    root,
    flags: [`--sysroot=${root}`, `-B${gcc}`].flatMap((word) => ['-C', `link-arg=${word}`]),
    runner: [join(root, 'lib32/ld-linux.so.2'), '--library-path', `${root}/lib32:${root}/usr/lib32`],
  };
}

async function bring(place: string): Promise<void> {
  const lists = join(place, 'lists');
  mkdirSync(join(lists, 'partial'), { recursive: true });
  mkdirSync(join(place, 'cache/archives/partial'), { recursive: true });
  const own = [`Dir::State::Lists=${lists}`, `Dir::Cache=${join(place, 'cache')}`];
  const options = [...own, 'APT::Architectures::=amd64', 'APT::Architectures::=i386'];
  const apt = (words: readonly string[], cwd: string) =>
    run('apt-get', [...options.flatMap((option) => ['-o', option]), '--quiet', ...words], {
      cwd,
      maxBuffer: 1 << 26,
    });
  // Lists of other places than Debian's may be missing; what is wanted of them is asked for next.
  await apt(['update'], place).catch(() => undefined);
  for (const [name, packages] of [
    ['rust', rust],
    ['system', system],
  ] as const) {
    const folder = join(place, name);
    mkdirSync(join(folder, 'archives'), { recursive: true });
    await apt(['download', ...packages], join(folder, 'archives')).catch((error: Error) => {
      throw new PeerMissing(`Debian’s Rust cannot be had: ${error.message.trim().split('\n').at(-1)}`);
    });
    for (const file of readdirSync(join(folder, 'archives')))
      await run('dpkg-deb', ['--extract', join(folder, 'archives', file), folder]);
    rmSync(join(folder, 'archives'), { recursive: true });
  }
  for (const name of ['lists', 'cache']) rmSync(join(place, name), { recursive: true });
  gather(join(place, 'rust'));
  rootLinks(join(place, 'system'));
}

/** Links that name places of a whole system lead to those of this root. */
function rootLinks(root: string): void {
  for (const path of globSync(`${root}/{lib,lib32,usr/lib32}/*`)) {
    if (!lstatSync(path).isSymbolicLink() || !readlinkSync(path).startsWith('/')) continue;
    const to = join(root, readlinkSync(path));
    rmSync(path);
    symlinkSync(relative(dirname(path), to), path);
  }
}

/**
 * Lays a toolchain out as rustup does, so that it runs from any folder: Debian's programs look for their libraries in
 * /usr alone.
 */
function gather(root: string): void {
  const libraries = globSync(`${root}/{usr/lib,lib}/x86_64-linux-gnu/*.so*`);
  for (const path of libraries)
    cpSync(path, join(root, 'usr/lib', basename(path)), { verbatimSymlinks: true });
  mkdirSync(join(root, 'usr/programs'));
  for (const name of ['rustc', 'cargo']) {
    const wrapper = join(root, 'usr/bin', name);
    renameSync(wrapper, join(root, 'usr/programs', name));
    writeFileSync(
      wrapper,
      `#!/bin/sh\nroot=$(dirname "$(dirname "$(readlink -f "$0")")")\nLD_LIBRARY_PATH=$root/lib exec "$root/programs/${name}" "$@"\n`,
    );
    chmodSync(wrapper, 0o755);
  }
}
