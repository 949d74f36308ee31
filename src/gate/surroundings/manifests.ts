import { folderOf, type Side } from './side.ts';

/** Whether a path is a manifest by its name. */
export function isManifest(path: string): boolean {
  return path === 'Cargo.toml' || path.endsWith('/Cargo.toml');
}

/** Whether a folder is a vendored crate: cargo knows one by the list of checksums in it. */
export function isVendored(side: Side, manifest: string): boolean {
  const folder = folderOf(manifest);
  return side.paths.has(`${folder === '' ? '' : `${folder}/`}.cargo-checksum.json`);
}
