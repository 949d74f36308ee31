/** All files of a package, whatever they are; which of them is Rust source is for the manifest and the modules to say. */
export interface PackageFiles {
  /** Below the package's folder, `/` between parts. */
  readonly paths: readonly string[];
  /** What is in one; `undefined` where there is no such file. */
  readonly bytes: (path: string) => Uint8Array | undefined;
}

/** The files of an archive. */
export function archiveFiles(
  files: readonly { readonly path: string; readonly bytes: Uint8Array }[],
): PackageFiles {
  const byPath = new Map(files.map((file) => [file.path, file]));
  return { paths: [...byPath.keys()], bytes: (path) => byPath.get(path)?.bytes };
}

/** The files of a package that is at hand as texts. */
export function textFiles(texts: Readonly<Record<string, string>>): PackageFiles {
  return archiveFiles(Object.entries(texts).map(([path, text]) => ({ path, bytes: Buffer.from(text) })));
}
