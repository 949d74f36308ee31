import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { bytesSource } from '../../src/binary/bytes.ts';
import { recoveredCrates } from '../../src/binary/recovered.ts';
import { SymbolCrates } from '../../src/binary/symbols.ts';
import { tempDir } from '../support/temp.ts';

function cratesIn(...texts: readonly string[]): readonly string[] {
  const symbols = new SymbolCrates();
  for (const text of texts) symbols.look(Buffer.from(text));
  return symbols
    .crates()
    .map(([crate]) => crate)
    .toSorted();
}

const hash = '17h5c2bc0c24ef80cc3E';

/** A symbol, then the crates that it gives away. The first ones are of real programs. */
const table: readonly (readonly [symbol: string, ...crates: readonly string[]])[] = [
  [`_ZN4bstr2io10BufReadExt10byte_lines${hash}`, 'bstr'],
  [
    `_ZN4core3ptr100drop_in_place$LT$core..result..Result$LT$auditable_serde..Package$C$serde_json..error..Error$GT$$GT$${hash}`,
    'auditable_serde',
    'serde_json',
  ],
  [
    `_ZN102_$LT$wasmparser..readers..core..types..AbstractHeapType$u20$as$u20$wasmparser..readers..FromReader$GT$11from_reader${hash}`,
    'wasmparser',
  ],
  [
    '_RNCNvMNtCs4X4t9plMPHF_9addr2line4unitINtB4_7ResUnitINtNtNtCsduwmD7cSIQq_5gimli4read12endian_slice11EndianSliceEE4find0CsjrHSEGnQ3l9_3std',
  ],
  ['_RNvMs4_NtCsgY6Mt91CT9J_10serde_json2v0NtB7_7Printer10print_type', 'serde_json'],
  // As Mach-O writes it, and as debug information does, one behind the other.
  [`__ZN4bstr2io1a${hash}`, 'bstr'],
  [`_ZN4bstr2io1a${hash}_ZN3syn2io1a${hash}`, 'bstr', 'syn'],
  // The program's own.
  [`_ZN3app4main${hash}\0_ZN3app4read${hash}\0_ZN3syn4main4read${hash}`, 'syn'],
  ['_RNvCs4X4t9plMPHF_3app4main\0_RNvNtCs4X4t9plMPHF_3app4read4main'],
  // C++, another hash, lengths that lie, an end in the middle.
  ['_ZN5boost6system4fromEv'],
  ['_ZN4bstr2io1a17h5c2bc0c24ef80ccXE'],
  [`_ZN999bstr${hash}`],
  ['_ZN4bstr2io10BufReadExt'],
  ['_RNvCs4X4t9plMPHF_900serde'],
  ['_REG_Cs1_5serde'],
];

describe('crates by the names of functions', () => {
  for (const [symbol, ...crates] of table)
    it(symbol.replaceAll('\0', ' '), () => assert.deepEqual(cratesIn(symbol), crates));

  it('in another piece than the main of the program', () => {
    assert.deepEqual(cratesIn(`_ZN3app4read${hash}`, `_ZN3app4main${hash}`), []);
  });

  it('stand behind what a path says of the same crate', () => {
    const text = `/cargo/registry/src/e/rustls-pki-types-1.0.0/src/lib.rs\0_ZN16rustls_pki_types1a${hash}\0_ZN3syn1a${hash}\0`;
    assert.deepEqual(
      recoveredCrates(bytesSource(Buffer.from(text))).map(
        ({ name, version, method, confidence }) => `${name} ${version} ${method} ${confidence}`,
      ),
      ['rustls-pki-types 1.0.0 registry high', 'syn undefined symbol low'],
    );
  });

  it('millions of beginnings without an end', () => {
    for (const text of ['_ZN3', '_RN', '_ZN4095', '_RNvCs_1_', '_RCs1_1aCs2_1b'])
      assert.ok(cratesIn(text.repeat(1_000_000)).length <= 2, text);
  });

  for (const mangling of ['legacy', 'v0'])
    it(`as rustc writes them (${mangling})`, (t) => {
      const folder = tempDir(t);
      writeFileSync(join(folder, 'brought.rs'), '#[inline(never)] pub fn shown(n: usize) -> usize { n ^ 3 }');
      writeFileSync(
        join(folder, 'app.rs'),
        'fn main() { std::process::exit(brought::shown(std::env::args().count()) as i32) }',
      );
      const rustc = (...args: readonly string[]) =>
        execFileSync(
          'rustc',
          ['--edition=2021', '-Zunstable-options', `-Csymbol-mangling-version=${mangling}`, ...args],
          { cwd: folder, env: { ...process.env, RUSTC_BOOTSTRAP: '1' }, stdio: 'pipe' },
        );
      rustc('--crate-type=lib', 'brought.rs');
      rustc('--extern=brought=libbrought.rlib', 'app.rs');
      const found = recoveredCrates(bytesSource(readFileSync(join(folder, 'app'))));
      assert.deepEqual(
        found.filter(({ method }) => method === 'symbol').map(({ name }) => name),
        ['brought'],
      );
    });
});
