import { createBLAKE2b } from 'hash-wasm';
import type { ArchiveFile } from '../../cargo/crate-archive.ts';

/**
 * The digest that crev reviews name (crev-recursive-digest): of a file `H("F" + contents)`, of a folder `H("D" + …)`
 * over its entries in byte order, each as `H(name) + digest`. Cargo's own `.cargo-ok` is no part of a package.
 * base64url without padding, as proofs write it.
 */
export function contentDigest(files: readonly Pick<ArchiveFile, 'path' | 'bytes'>[]): string {
  const root: Folder = new Map();
  for (const { path, bytes } of files) {
    if (path !== '.cargo-ok') place(root, path.split('/'), bytes);
  }
  return Buffer.from(digestOf(root)).toString('base64url');
}

/** Names to contents. */
type Folder = Map<string, Folder | Uint8Array>;

function place(root: Folder, names: readonly string[], bytes: Uint8Array): void {
  let folder = root;
  for (const name of names.slice(0, -1)) {
    const there = folder.get(name);
    const next: Folder = there instanceof Map ? there : new Map();
    folder.set(name, next);
    folder = next;
  }
  folder.set(names.at(-1) ?? '', bytes);
}

function digestOf(entry: Folder | Uint8Array): Uint8Array {
  if (!(entry instanceof Map)) return blake2b256([file, entry]);
  const entries = [...entry]
    .map(([name, below]) => ({ name: Buffer.from(name), below }))
    .sort((a, b) => Buffer.compare(a.name, b.name))
    .flatMap(({ name, below }) => [blake2b256([name]), digestOf(below)]);
  return blake2b256([directory, ...entries]);
}

const file = Buffer.from('F');
const directory = Buffer.from('D');

/** Node has BLAKE2b with 64 bytes only, and the length goes into the hash. One is worked out at a time. */
const hasher = await createBLAKE2b(256);

function blake2b256(parts: readonly Uint8Array[]): Uint8Array {
  hasher.init();
  for (const part of parts) hasher.update(part);
  return hasher.digest('binary');
}
