/**
 * What is known as a library by another name than its project: the name that linkers use (`-lz`), and the project's
 * own. Advisories name projects. From the projects' own pkg-config files and headers.
 */
const projects: ReadonlyMap<string, string> = new Map([
  ['z', 'zlib'],
  ['bz2', 'bzip2'],
  ['lzma', 'xz'],
  ['ssl', 'openssl'],
  ['crypto', 'openssl'],
  ['sqlite3', 'sqlite'],
  ['git2', 'libgit2'],
  ['ssh2', 'libssh2'],
  ['curl', 'curl'],
  ['xml2', 'libxml2'],
  ['xslt', 'libxslt'],
  ['pq', 'postgresql'],
  ['mysqlclient', 'mysql'],
  ['png', 'libpng'],
  ['png16', 'libpng'],
  ['jpeg', 'libjpeg'],
  ['turbojpeg', 'libjpeg-turbo'],
  ['tiff', 'libtiff'],
  ['webp', 'libwebp'],
  ['ffi', 'libffi'],
  ['sodium', 'libsodium'],
  ['event', 'libevent'],
  ['uv', 'libuv'],
  ['usb-1.0', 'libusb'],
  ['archive', 'libarchive'],
  ['deflate', 'libdeflate'],
  ['fuzzer', 'libfuzzer'],
  ['brotlicommon', 'brotli'],
  ['brotlidec', 'brotli'],
  ['brotlienc', 'brotli'],
  ['jemalloc_pic', 'jemalloc'],
  ['onig', 'oniguruma'],
  ['nghttp2', 'nghttp2'],
]);

/** `zlib` of `z`, `openssl` of `ssl`; else the name without `lib` and the like before it. */
export function projectOf(library: string): string {
  const plain = library.replace(/^lib(?=[a-z])/, '').replace(/\.(?:a|lib|so.*|dylib|dll)$/, '');
  return projects.get(plain) ?? projects.get(library) ?? plain;
}

/**
 * The names that a library's project may go by in its sources: the project's, the linker's, and, where it is what a
 * `-sys` crate binds, that crate's (`snmallocshim-rust` in `snmalloc-sys`).
 */
export function projectNames(
  library: string,
  crate: string,
): readonly [project: string, ...others: string[]] {
  const project = projectOf(library);
  const bound = crate.endsWith('-sys') ? projectOf(crate.slice(0, -'-sys'.length)) : '';
  const isBound = bound.length > 2 && project !== bound && folded(project).includes(folded(bound));
  return isBound ? [bound, library] : [project, library];
}

/** Two names of one project, however written: `rdkafka` and `librdkafka`, `sqlite` and `SQLITE3`. */
export function sameProject(a: string, b: string): boolean {
  const [left, right] = [folded(a), folded(b)];
  return left !== '' && left === right;
}

/** Lower case, without `lib` before and numbers or `lib` after it. */
export function folded(name: string): string {
  const plain = name.toLowerCase().replace(/[^a-z0-9]/g, '');
  return plain
    .replace(/^lib(?=[a-z]{2})/, '')
    .replace(/(?<=[a-z])lib$/, '')
    .replace(/\d+$/, '');
}
