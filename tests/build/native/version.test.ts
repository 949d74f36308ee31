/** What sources tell of the version of C code in them. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type SourceFiles, toldVersions } from '../../../src/build/native/version.ts';

function files(texts: Readonly<Record<string, string>>): SourceFiles {
  return { paths: Object.keys(texts).sort(), text: (path) => texts[path] };
}

interface Case {
  readonly title: string;
  readonly names: readonly string[];
  readonly version?: string;
  readonly files?: Readonly<Record<string, string>>;
  /** Whether the crate holds other projects' code as well. */
  readonly beside?: boolean;
  /** Version and place, the surest first. */
  readonly told: readonly string[];
}

const cases: readonly Case[] = [
  {
    title: 'metadata with a name',
    names: ['zstd'],
    version: '2.0.16+zstd.1.5.7',
    told: ['1.5.7 2.0.16+zstd.1.5.7'],
  },
  { title: 'metadata of another project', names: ['lz4'], version: '1.0.0+zstd.1.5.7', told: [] },
  {
    title: 'metadata with a dash',
    names: ['curl'],
    version: '0.4.78+curl-8.11.0',
    told: ['8.11.0 0.4.78+curl-8.11.0'],
  },
  {
    title: 'metadata without a name',
    names: ['libgit2'],
    version: '0.18.0+1.9.0',
    told: ['1.9.0 0.18.0+1.9.0'],
  },
  {
    title: 'metadata without a name beside other code',
    names: ['snappy'],
    version: '0.17.1+9.9.3',
    beside: true,
    told: [],
  },
  {
    title: 'metadata by git describe',
    names: ['jemalloc'],
    version: '0.6.0+5.3.0-1-ge13ca993e8cc',
    told: ['5.3.0 0.6.0+5.3.0-1-ge13ca993e8cc'],
  },
  { title: 'metadata that is no version', names: ['x'], version: '1.0.0+20240101', told: [] },
  {
    title: 'a macro with a text',
    names: ['zlib', 'z'],
    files: { 'src/zlib/zlib.h': '#define ZLIB_VERSION "1.3.1"\n#define ZLIB_VERNUM 0x1310\n' },
    told: ['1.3.1 src/zlib/zlib.h'],
  },
  {
    title: 'a macro a number',
    names: ['zstd'],
    files: {
      'zstd/lib/zstd.h':
        '#define ZSTD_VERSION_MAJOR    1\n#  define ZSTD_VERSION_MINOR 5\n#define ZSTD_VERSION_RELEASE 7\n',
    },
    told: ['1.5.7 zstd/lib/zstd.h'],
  },
  {
    title: 'words in another order, in a header of the project’s name',
    names: ['expat'],
    files: {
      'expat/lib/expat.h':
        '#define XML_MAJOR_VERSION 2\n#define XML_MINOR_VERSION 7\n#define XML_MICRO_VERSION 3\n',
    },
    told: ['2.7.3 expat/lib/expat.h'],
  },
  {
    title: 'numbers as texts',
    names: ['lua5.4'],
    files: {
      'lua-5.4/lua.h':
        '#define LUA_VERSION_MAJOR\t"5"\n#define LUA_VERSION_MINOR "4"\n#define LUA_VERSION_RELEASE "6"\n',
    },
    told: ['5.4.6 lua-5.4/lua.h'],
  },
  {
    title: 'the one whose version is in the linker’s name',
    names: ['lua5.4'],
    files: {
      'lua-5.1.5/lua.h': '#define LUA_VERSION "Lua 5.1"\n',
      'lua-5.4.7/lua.h':
        '#define LUA_VERSION_MAJOR "5"\n#define LUA_VERSION_MINOR "4"\n#define LUA_VERSION_RELEASE "7"\n',
    },
    told: ['5.4.7 lua-5.4.7/lua.h'],
  },
  {
    title: 'several that could be meant are none',
    names: ['lua'],
    files: {
      'lua-5.1.5/lua.h': '#define LUA_VERSION "Lua 5.1"\n',
      'lua-5.2.4/lua.h': '#define LUA_VERSION "Lua 5.2"\n',
    },
    told: [],
  },
  {
    title: 'a header that a crate wrote beside the project counts for less than the project’s own words',
    names: ['snappy'],
    files: {
      'snappy-stubs-public.h':
        '#define SNAPPY_MAJOR 1\n#define SNAPPY_MINOR 1\n#define SNAPPY_PATCHLEVEL 3\n',
      'snappy/CMakeLists.txt': 'project(Snappy VERSION 1.1.10 LANGUAGES C CXX)\n',
    },
    told: ['1.1.10 snappy/CMakeLists.txt', '1.1.3 snappy-stubs-public.h'],
  },
  {
    title: 'a text with a date behind',
    names: ['bzip2', 'bz2'],
    files: { 'bzip2-1.0.8/bzlib_private.h': '#define BZ2_VERSION  "1.0.8, 13-Jul-2019"\n' },
    told: ['1.0.8 bzip2-1.0.8/bzlib_private.h'],
  },
  {
    title: 'macros of somebody else',
    names: ['curl'],
    files: { 'curl/lib/ares.h': '#define ARES_VERSION_STR "1.19.0"\n#define NGHTTP2_VERSION "1.50.0"\n' },
    told: [],
  },
  {
    title: 'tests and examples do not count',
    names: ['zlib'],
    files: {
      'test/zlib.h': '#define ZLIB_VERSION "9.9.9"\n',
      'examples/zlib.h': '#define ZLIB_VERSION "9.9.8"\n',
    },
    told: [],
  },
  {
    title: 'the folder of the project’s name goes before its variants',
    names: ['sqlite', 'sqlite3'],
    files: {
      'sqlcipher/sqlite3.h': '#define SQLITE_VERSION "3.46.1"\n',
      'sqlite3/sqlite3.h': '#define SQLITE_VERSION "3.50.2"\n',
    },
    told: ['3.50.2 sqlite3/sqlite3.h'],
  },
  {
    title: 'what a project carries along is not it',
    names: ['openssl'],
    files: {
      'openssl/third_party/x/openssl.h': '#define OPENSSL_VERSION "1.0.2"\n',
      'openssl/configure.ac': 'AC_INIT([openssl], [3.4.0], [list@example.org])\n',
    },
    told: ['3.4.0 openssl/configure.ac'],
  },
  {
    title: 'build systems',
    names: ['zstd'],
    files: { 'CMakeLists.txt': 'project(zstd\n  VERSION 1.5.6\n  LANGUAGES C)\n' },
    told: ['1.5.6 CMakeLists.txt'],
  },
  {
    title: 'meson',
    names: ['dav1d'],
    files: { 'meson.build': "project('dav1d', ['c'],\n  version: '1.4.3')\n" },
    told: ['1.4.3 meson.build'],
  },
  {
    title: 'a VERSION file',
    names: ['jemalloc'],
    files: { 'jemalloc/VERSION': '5.3.0-0-g54eaed1d\n' },
    told: ['5.3.0 jemalloc/VERSION'],
  },
  {
    title: 'a VERSION file beside other code',
    names: ['jemalloc'],
    beside: true,
    files: { VERSION: '5.3.0\n' },
    told: [],
  },
  { title: 'a VERSION file of prose', names: ['x'], files: { VERSION: 'see the manual\n' }, told: [] },
  {
    title: 'several ways that agree',
    names: ['lz4'],
    version: '1.11.1+lz4-1.10.0',
    files: {
      'liblz4/lib/lz4.h':
        '#define LZ4_VERSION_MAJOR 1\n#define LZ4_VERSION_MINOR 10\n#define LZ4_VERSION_RELEASE 0\n',
    },
    told: ['1.10.0 1.11.1+lz4-1.10.0', '1.10.0 liblz4/lib/lz4.h'],
  },
];

describe('the version of C code in a crate', () => {
  for (const { title, names, version = '1.0.0', files: texts = {}, beside = false, told } of cases)
    it(title, () => {
      const found = toldVersions(names, { version, files: files(texts) }, !beside);
      assert.deepEqual(
        found.map((one) => `${one.version} ${one.where}`),
        told,
      );
    });
});
