import { hash } from 'node:crypto';

/** All files of a package, whatever they are; which of them is Rust source is for the manifest and the modules to say. */
export interface PackageFiles {
  /** Below the package's folder, `/` between parts. */
  readonly paths: readonly string[];
  /** What is in one; `undefined` where there is no such file. */
  readonly bytes: (path: string) => Uint8Array | undefined;
  /** Whether they are in memory and stay what they are: what is asked of them later is of what was reviewed. */
  readonly fixed?: boolean;
}

/** Of bytes that were asked for: a build script, macros and a library of one package are asked for the same. */
const digests = new WeakMap<Uint8Array, string>();

/** SHA-256 (hex) of a file. */
export function fileDigest(bytes: Uint8Array): string {
  const known = digests.get(bytes) ?? hash('sha256', bytes, 'hex');
  digests.set(bytes, known);
  return known;
}

/** The files of an archive. */
export function archiveFiles(
  files: readonly { readonly path: string; readonly bytes: Uint8Array }[],
): PackageFiles {
  const byPath = new Map(files.map((file) => [file.path, file]));
  return { paths: [...byPath.keys()], bytes: (path) => byPath.get(path)?.bytes, fixed: true };
}

/** The files of a package that is at hand as texts. */
export function textFiles(texts: Readonly<Record<string, string>>): PackageFiles {
  return archiveFiles(Object.entries(texts).map(([path, text]) => ({ path, bytes: Buffer.from(text) })));
}
