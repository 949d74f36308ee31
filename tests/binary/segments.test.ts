/** What a program brings into memory, held against what binutils and LLVM make of real programs. */
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, describe, it } from 'node:test';
import fc from 'fast-check';
import { bytesSource } from '../../src/binary/bytes.ts';
import { segmentsDigest, strippableDigest } from '../../src/binary/segments.ts';
import { elfFile } from '../samples/executables.ts';
import { tempDir } from '../support/temp.ts';

const digest = (bytes: Uint8Array) => segmentsDigest(bytesSource(bytes));

/** How each tool makes another file of a program: `IN` and `OUT` are paths. */
const tools: readonly (readonly string[])[] = [
  ['strip', '-o', 'OUT', 'IN'],
  ['strip', '-g', '-o', 'OUT', 'IN'],
  ['strip', '--strip-unneeded', '-o', 'OUT', 'IN'],
  ['objcopy', 'IN', 'OUT'],
  ['objcopy', '--add-section', '.extra=/etc/hostname', 'IN', 'OUT'],
  ['objcopy', '--add-gnu-debuglink=/etc/hostname', 'IN', 'OUT'],
  ['objcopy', '--compress-debug-sections', 'IN', 'OUT'],
  ['objcopy', '--remove-section=.comment', 'IN', 'OUT'],
  ['llvm-strip', '-o', 'OUT', 'IN'],
  ['llvm-strip', '-g', '-o', 'OUT', 'IN'],
  ['llvm-objcopy', '--strip-sections', 'IN', 'OUT'],
  ['llvm-objcopy', '--add-section', '.extra=/etc/hostname', 'IN', 'OUT'],
];

const rust = 'fn main() { println!("{:?}", std::env::args().collect::<std::collections::HashSet<_>>()); }\n';
const c =
  '#include <stdio.h>\nint big[1000]; int some[100] = {1, 2}; int main(void) { return printf("%d", some[1]); }\n';
const programs: Readonly<Record<string, readonly string[]>> = {
  'rust, LLD': ['rustc', '-O', '-g', '-o', 'OUT', 'main.rs'],
  'rust, ld.bfd, static': [
    'rustc',
    '-g',
    '-Ctarget-feature=+crt-static',
    '-Clink-arg=-fuse-ld=bfd',
    '-o',
    'OUT',
    'main.rs',
  ],
  'C, ld.bfd': ['cc', '-g', '-o', 'OUT', 'main.c'],
  'C, one segment for code and headers': [
    'cc',
    '-g',
    '-no-pie',
    '-Wl,-z,noseparate-code',
    '-o',
    'OUT',
    'main.c',
  ],
};

describe('what is loaded of a program', {
  skip: process.platform !== 'linux' && 'there is no ELF here',
}, () => {
  let dir = '';
  const made = new Map<string, string>();
  before(() => {
    dir = tempDir();
    writeFileSync(join(dir, 'main.rs'), rust);
    writeFileSync(join(dir, 'main.c'), c);
    for (const [i, [name, [command = '', ...args]]] of Object.entries(programs).entries()) {
      const path = join(dir, `program-${i}`);
      execFileSync(
        command,
        args.map((arg) => (arg === 'OUT' ? path : arg)),
        { cwd: dir },
      );
      made.set(name, path);
    }
  });

  for (const name of Object.keys(programs))
    for (const [command = '', ...args] of tools)
      it(`is the same after ${command} ${args.filter((arg) => !/^(?:-o|IN|OUT)$/.test(arg)).join(' ')}: ${name}`, (t) => {
        const [from, to] = [made.get(name) ?? '', join(dir, 'other')];
        const ran = spawnSync(
          command,
          args.map((arg) => ({ IN: from, OUT: to })[arg] ?? arg),
          { encoding: 'utf8' },
        );
        // LLVM 14 takes no static program of glibc's: "Link field value … is not a symbol table".
        if (ran.error !== undefined || /is not a symbol table/.test(ran.stderr))
          return t.skip(ran.stderr || 'it is not here');
        assert.equal(ran.status, 0, ran.stderr);
        const [bytes, other] = [readFileSync(from), readFileSync(to)];
        if (command !== 'objcopy' || args.length > 2)
          assert.notDeepEqual(bytes, other, 'the tool did something');
        assert.equal(digest(other), digest(bytes));
        assert.match(digest(bytes) ?? '', /^[0-9a-f]{64}$/);
      });

  it('is other where a byte of code or data is, the entry, or the loader that the kernel reads', () => {
    const path = made.get('rust, LLD') ?? '';
    const bytes = readFileSync(path);
    const own = digest(bytes);
    const changed = (change: (copy: Buffer) => void) => {
      const copy = Buffer.from(bytes);
      change(copy);
      return digest(copy);
    };
    const sections = execFileSync('readelf', ['--sections', '--wide', path], { encoding: 'utf8' });
    const placeOf = (name: string) => {
      const found = new RegExp(
        `\\] ${name.replaceAll('.', '\\.')} +\\S+ +[0-9a-f]+ ([0-9a-f]+) ([0-9a-f]+)`,
      ).exec(sections);
      return [Number.parseInt(found?.[1] ?? '', 16), Number.parseInt(found?.[2] ?? '', 16)] as const;
    };
    for (const name of [
      '.text',
      '.rodata',
      '.data',
      '.interp',
      '.dynamic',
      '.note.gnu.build-id',
      '.init_array',
    ]) {
      const [at, size] = placeOf(name);
      for (const position of [at, at + size - 1])
        assert.notEqual(
          changed((copy) => copy.writeUInt8((copy[position] ?? 0) ^ 1, position)),
          own,
          name,
        );
    }
    for (const name of ['.comment', '.debug_info', '.symtab', '.shstrtab'])
      assert.equal(
        changed((copy) => copy.writeUInt8((copy[placeOf(name)[0]] ?? 0) ^ 1, placeOf(name)[0])),
        own,
        name,
      );
    assert.notEqual(
      changed((copy) => copy.writeBigUInt64LE(copy.readBigUInt64LE(24) + 16n, 24)),
      own,
      'entry',
    );
    // The kernel takes the loader's name from where the file has it, whatever is said of memory.
    const interpreter = 64 + 56;
    assert.equal(bytes.readUInt32LE(interpreter), 3);
    const moved = changed((copy) => copy.writeBigUInt64LE(BigInt(placeOf('.comment')[0]), interpreter + 8));
    assert.notEqual(moved, own, 'loader');
    // Permissions of a segment.
    const first = 64 + 2 * 56;
    assert.equal(bytes.readUInt32LE(first), 1);
    assert.notEqual(
      changed((copy) => copy.writeUInt32LE(7, first + 4)),
      own,
      'permissions',
    );
  });

  it('hides nothing behind the text of debuggers that LLVM takes out', () => {
    const bytes = readFileSync(made.get('rust, LLD') ?? '');
    const at = bytes.indexOf('\x01gdb_load_rust_pretty_printers.py\0', 0, 'latin1');
    assert.notEqual(at, -1);
    const without = Buffer.from(bytes).fill(0, at, at + 34);
    assert.equal(digest(without), digest(bytes));
    for (const place of [at - 1, at + 5, at + 34]) {
      const other = Buffer.from(without);
      other[place] = 0x90;
      assert.notEqual(digest(other), digest(bytes), String(place - at));
    }
  });

  it('proves nothing of what Go links, whose section headers are loaded', (t) => {
    if (!existsSync('/usr/local/go/bin/go')) return t.skip('there is no Go here');
    const go = readFileSync('/usr/local/go/bin/go');
    assert.notEqual(digest(go), undefined);
    assert.equal(strippableDigest(bytesSource(go)), undefined);
    const bytes = readFileSync(made.get('C, ld.bfd') ?? '');
    assert.equal(strippableDigest(bytesSource(bytes)), digest(bytes));
  });

  it('is not known of what has no segments, or lies', () => {
    assert.equal(digest(Buffer.from('#!/bin/sh\n')), undefined);
    assert.equal(digest(elfFile([['.text', Buffer.from('x')]])), undefined);
    const bytes = readFileSync(made.get('C, ld.bfd') ?? '');
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(800), fc.nat(255)), { minLength: 1, maxLength: 8 }), (edits) => {
        const copy = Buffer.from(bytes);
        for (const [at, value] of edits) copy[at] = value;
        assert.match(digest(copy) ?? 'undefined', /^[0-9a-f]{64}$|^undefined$/);
        assert.match(digest(copy.subarray(0, edits[0]?.[0])) ?? 'undefined', /^[0-9a-f]{64}$|^undefined$/);
      }),
      { numRuns: 300 },
    );
  });
});
