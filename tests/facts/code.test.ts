import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ArchiveFile } from '../../src/cargo/crate-archive.ts';
import { manifestOf } from '../../src/cargo/crate-archive.ts';
import { readCode } from '../../src/facts/code.ts';

const manifest = '[package]\nname = "a"\nversion = "1.0.0"\n';

function read(files: Readonly<Record<string, string>>) {
  const all = Object.entries({ 'Cargo.toml': manifest, ...files }).map(([path, text]): ArchiveFile => {
    const bytes = Buffer.from(text);
    return { path, bytes, size: bytes.length, mode: 0o644 };
  });
  return readCode(all, manifestOf({ files: all }));
}

const variables = (count: number) =>
  Array.from({ length: count }, (_, i) => `std::env::var("PADDING_${i}").ok();`).join('\n');

describe('what of code is kept', () => {
  it('is all of it where it is little', () => {
    const { tier, buildScript } = read({ 'build.rs': `fn main() { ${variables(3)} }` });
    assert.equal(tier, 'build-script');
    assert.deepEqual(buildScript?.shapes, [
      'reads-variable PADDING_0',
      'reads-variable PADDING_1',
      'reads-variable PADDING_2',
    ]);
  });

  it('is what is grave before all else where it is very much, and a digest of the rest', () => {
    const padded = (more: string) =>
      read({ 'build.rs': `fn main() { ${variables(1000)} ${more} }` }).buildScript;
    const before = padded('');
    assert.equal(before?.shapes.length, 300);
    const grave = padded('ureq_is_not_here(); std::net::TcpStream::connect("a:1").ok();');
    assert.ok(grave?.shapes.includes('network ?'));
    const other = padded('std::env::var("ZZ_MORE").ok();');
    const added = other?.shapes.filter((shape) => !before?.shapes.includes(shape));
    assert.equal(added?.length, 1);
    assert.match(added?.[0] ?? '', /^opaque: 702 more capabilities, [0-9a-f]{64}$/);
  });

  it('says of a manifest that cannot be read that it counts as the strictest', () => {
    const { tier, unread } = read({ 'Cargo.toml': 'not toml' });
    assert.deepEqual([tier, unread], ['proc-macro', 'its manifest cannot be read']);
  });
});
