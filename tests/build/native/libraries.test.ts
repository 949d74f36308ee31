/** What was asked for, held against what an artefact needs. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type AskedLibrary, linkName } from '../../../src/build/native/asked.ts';
import { type FoundFile, reconcileLibraries } from '../../../src/build/native/libraries.ts';

const crate = (name: string) => ({ id: `registry+x#${name}@1.0.0`, name, version: '1.0.0' });
const asks = (by: string, text: string): AskedLibrary => ({ by: crate(by), ...linkName(text) });

/** Files that there are, by name: where they are from, and the name that they are needed by. */
type Shelf = Readonly<Record<string, Partial<FoundFile>>>;

interface Case {
  readonly title: string;
  readonly asked: readonly AskedLibrary[];
  readonly needed?: readonly string[];
  readonly files?: Shelf;
  /** Name, state, linkage, origin; who asked. */
  readonly found: readonly string[];
}

const system = { package: undefined };
const cases: readonly Case[] = [
  {
    title: 'a shared library of the system',
    asked: [asks('openssl-sys', 'dylib=ssl')],
    needed: ['libssl.so.3'],
    files: { 'libssl.so': { ...system, soname: 'libssl.so.3' }, 'libssl.so.3': system },
    found: ['ssl linked dynamic system libssl.so.3 < openssl-sys'],
  },
  {
    title: 'its own name is another than the one that was asked for',
    asked: [asks('a-sys', 'curses')],
    needed: ['libncurses.so.6'],
    files: { 'libcurses.so': { soname: 'libncurses.so.6' }, 'libncurses.so.6': {} },
    found: ['curses linked dynamic system libncurses.so.6 < a-sys'],
  },
  {
    title: 'an archive that a script made',
    asked: [asks('zstd-sys', 'static=zstd')],
    files: { 'libzstd.a': { madeBy: crate('zstd-sys') } },
    found: ['zstd linked static compiled libzstd.a < zstd-sys'],
  },
  {
    title: 'without a kind, where there is an archive alone',
    asked: [asks('x-sys', 'x')],
    files: { 'libx.a': system },
    found: ['x linked static system libx.a < x-sys'],
  },
  {
    title: 'without a kind the shared one goes first, and nothing of it was needed',
    asked: [asks('x-sys', 'x')],
    files: { 'libx.so': { soname: 'libx.so.1' }, 'libx.a': system },
    found: ['x not-linked dynamic unknown < x-sys'],
  },
  {
    title: 'static was asked for, and is no evidence',
    asked: [asks('x-sys', 'static=x')],
    needed: ['libx.so.1'],
    files: { 'libx.so.1': system },
    found: ['libx.so.1 unasked dynamic system libx.so.1 <', 'x not-linked static unknown < x-sys'],
  },
  {
    title: 'nobody asked for it',
    asked: [],
    needed: ['libpcap.so.0.8'],
    files: { 'libpcap.so.0.8': system },
    found: ['libpcap.so.0.8 unasked dynamic system libpcap.so.0.8 <'],
  },
  {
    title: 'nobody asked, and it is nowhere',
    asked: [],
    needed: ['libvendor.so'],
    found: ['libvendor.so unasked dynamic unknown <'],
  },
  {
    title: 'what std itself links is the platform’s',
    asked: [],
    needed: ['libc.so.6', 'libgcc_s.so.1', 'ld-linux-x86-64.so.2', 'libc.musl-x86_64.so.1', 'KERNEL32.dll'],
    found: [
      'KERNEL32.dll linked dynamic platform KERNEL32.dll <',
      'ld-linux-x86-64.so.2 linked dynamic platform ld-linux-x86-64.so.2 <',
      'libc.musl-x86_64.so.1 linked dynamic platform libc.musl-x86_64.so.1 <',
      'libc.so.6 linked dynamic platform libc.so.6 <',
      'libgcc_s.so.1 linked dynamic platform libgcc_s.so.1 <',
    ],
  },
  {
    title: 'two crates ask for one',
    asked: [asks('a-sys', 'z'), asks('b-sys', 'dylib=z')],
    needed: ['libz.so.1'],
    files: { 'libz.so': { soname: 'libz.so.1' }, 'libz.so.1': system },
    found: ['z linked dynamic system libz.so.1 < a-sys b-sys'],
  },
];

describe('native libraries of an artefact', () => {
  for (const { title, asked, needed = [], files = {}, found } of cases)
    it(title, () => {
      const libraries = reconcileLibraries(asked, needed, {
        find: (_, names) => {
          const file = names.find((name) => files[name] !== undefined);
          if (file === undefined) return undefined;
          return { file, madeBy: undefined, package: undefined, soname: undefined, ...files[file] };
        },
      });
      const said = libraries.map(({ name, state, linkage, origin, askedBy }) =>
        [
          name,
          state,
          linkage,
          origin.kind,
          ...('file' in origin ? [origin.file] : []),
          '<',
          ...askedBy.map((one) => one.name),
        ].join(' '),
      );
      assert.deepEqual(said.toSorted(), found.toSorted());
    });

  it('reads what scripts say to the linker', () => {
    const table: readonly (readonly [string, string])[] = [
      ['z', 'default z'],
      ['dylib=z', 'dynamic z'],
      ['static=z', 'static z'],
      ['static:+whole-archive,-bundle=z', 'static z'],
      ['static:+verbatim=libz.a', 'static libz.a!'],
      ['framework=Security', 'framework Security'],
      ['static=inner:outer', 'static outer'],
    ];
    for (const [text, expected] of table) {
      const { kind, name, verbatim } = linkName(text);
      assert.equal(`${kind} ${name}${verbatim ? '!' : ''}`, expected, text);
    }
  });
});
