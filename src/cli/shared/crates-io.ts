import type { SourceId } from '../../cargo/source-id.ts';

/** Whether a lockfile's source is the one that `[source.crates-io]` replaces, in its old or its sparse spelling. */
export function isCratesIo(source: SourceId): boolean {
  const url = source.url.replace(/\/$/, '');
  return (
    (source.kind === 'registry' && url === 'https://github.com/rust-lang/crates.io-index') ||
    (source.kind === 'sparse' && URL.parse(url)?.hostname === ['index', 'crates.io'].join('.'))
  );
}
