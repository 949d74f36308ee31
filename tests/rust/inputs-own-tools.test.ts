/** Compilers that a package brings, by what lists and scripts of it say (cmake-variables(7); GCC, "Overall Options", "Directory Options"). */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { reviewBuildScript } from '../../src/rust/build-script.ts';
import { textFiles } from '../../src/rust/inputs/package-files.ts';
import { packageSource } from '../../src/rust/package-source.ts';

function shapesOf(path: string, text: string, build: string): readonly string[] {
  const manifest = `[package]\nname = "a"\nversion = "1.0.0"\nedition = "2021"\n[build-dependencies]\ncmake = "1"\n`;
  const files: Record<string, string> = {
    'Cargo.toml': manifest,
    'build.rs': `fn main() { ${build} }`,
    [path]: text,
  };
  const source = packageSource(manifest, (name) => files[name], textFiles(files));
  return reviewBuildScript(source)?.shapes ?? [];
}

const cmake = (text: string) => shapesOf('native/CMakeLists.txt', text, 'cmake::build("native");');
const shell = (text: string) =>
  shapesOf('x.sh', text, 'std::process::Command::new("sh").arg("x.sh").status().unwrap();');
const make = (text: string) =>
  shapesOf('Makefile', text, 'std::process::Command::new("make").status().unwrap();');

/** Where a list is, as CMake writes it. */
const folder = `$${'{CMAKE_SOURCE_DIR}'}`;

describe('a list of CMake', () => {
  for (const [text, shape] of [
    ['execute_process(COMMAND ./gcc x)', 'process ./gcc'],
    ['execute_process(COMMAND native/cc x)', 'process native/cc'],
    ['execute_process(COMMAND ./sed -n p x)', 'process ./sed'],
    ['execute_process(COMMAND tools/python3 x)', 'process tools/python3'],
    ['execute_process(COMMAND gcc -wrapper ./x a.c)', 'redirects-tools -wrapper'],
    ['set(CMAKE_C_COMPILER ./cc)', 'redirects-tools CMAKE_C_COMPILER=./cc'],
    [`set(CMAKE_AR ${folder}/ar)`, `redirects-tools CMAKE_AR=${folder}/ar`],
    ['set(CMAKE_LINKER tools/ld)', 'redirects-tools CMAKE_LINKER=tools/ld'],
    [`set(ENV{PATH} "${folder}:$ENV{PATH}")`, `redirects-tools ENV{PATH}=${folder}:$ENV{PATH}`],
    ['set(CMAKE_C_FLAGS "-O2 -fplugin=./x.so")', 'redirects-tools -fplugin=./x.so'],
    ['string(APPEND CMAKE_C_FLAGS " -B./tools")', 'redirects-tools -B./tools'],
    ['add_compile_options(-B./tools)', 'redirects-tools -B./tools'],
    ['target_link_options(a PRIVATE -fuse-ld=./ld)', 'redirects-tools -fuse-ld=./ld'],
  ] as const)
    it(text, () => assert.ok(cmake(text).includes(shape), cmake(text).join()));

  for (const text of [
    'execute_process(COMMAND cc --version)',
    'execute_process(COMMAND /usr/bin/gcc --version)',
    'set(CMAKE_C_COMPILER clang)',
    'set(CMAKE_C_COMPILER /usr/bin/clang)',
    'set(CMAKE_C_FLAGS "-O2 -Wall -Bsymbolic -fuse-ld=lld")',
    'target_link_options(a PRIVATE -Wl,-T,a.ld)',
  ])
    it(`${text} is the machine’s`, () => assert.deepEqual(cmake(text), ['native-build cmake']));
});

const meson = (text: string) => shapesOf('meson.build', `${text}\n`, 'meson::build(".", "b");');

describe('a list of Meson', () => {
  for (const [text, shape] of [
    ["run_command('./cc', check: true)", 'process ./cc'],
    ["run_command(files('cc'))", 'process a program of the package'],
    [
      "custom_target('a', command: [meson.current_source_dir() / 'cc', '@INPUT@'])",
      'process a program of the package',
    ],
    ["p = find_program('cc', dirs: meson.current_source_dir())", 'process a program of the package'],
    ["add_project_arguments('-fplugin=./x.so', language: 'c')", 'redirects-tools -fplugin=./x.so'],
  ] as const)
    it(text, () => assert.ok(meson(text).includes(shape), meson(text).join()));

  for (const text of [
    "cc = find_program('gcc')",
    "i = include_directories(meson.current_source_dir() / 'include')",
    "add_project_arguments('-Wl,-Bsymbolic', '-fuse-ld=lld', language: 'c')",
  ])
    it(`${text} is the machine’s`, () => assert.deepEqual(meson(text), ['native-build meson']));
});

describe('a script', () => {
  for (const [text, shape] of [
    ['CC=./gcc\n$CC x.c\n', 'redirects-tools CC=./gcc'],
    ['make CC=tools/gcc\n', 'redirects-tools CC=tools/gcc'],
    ['PATH=.:$PATH\ncc x.c\n', 'redirects-tools PATH=.:$PATH'],
    ['export PATH="$srcdir/tools:$PATH"\ncc x.c\n', 'redirects-tools PATH=$srcdir/tools:$PATH'],
  ] as const)
    it(text, () => assert.ok(shell(text).includes(shape), shell(text).join()));

  for (const text of ['CC=gcc\n$CC x.c\n', 'PATH=/usr/local/bin:$PATH\ncc x.c\n', 'CC=$2\n'])
    it(`${text} is the machine’s`, () => assert.deepEqual(shell(text), ['shell sh']));
});

for (const [what, said, text] of [
  ['a script', shell, './cc a.c\n'],
  ['a makefile', make, 'all:\n\t./cc a.c\n'],
] as const)
  it(`${what} that runs a compiler of the package's own names it by its place`, () =>
    assert.ok(said(text).includes('process ./cc'), said(text).join()));
