/**
 * Large projects in a sealed build, held against others as `tests/real/built-projects.test.ts` holds small ones:
 * `node bench/built-projects.ts [NAME…]`.
 */
import { test } from 'node:test';
import { checkProject, type Project } from '../tests/support/built-projects.ts';

// Of release builds: with what debuggers want, some of them are larger than the 100 MiB that cargo-audit 0.22.2 takes.
const projects: readonly Project[] = [
  {
    what: 'zlib by pkg-config, and crates that carry C code',
    name: 'bat',
    version: '0.26.1',
    words: [],
    programs: { bat: { modules: ['zlib'], compiled: ['libgit2 1.9.1', 'oniguruma 6.9.10'] } },
  },
  {
    what: 'OpenSSL, and macros for async code',
    name: 'xh',
    version: '0.26.3',
    words: ['--no-default-features', '--features', 'native-tls'],
    programs: { xh: { modules: ['openssl'], compiled: ['oniguruma 6.9.10'] } },
  },
  {
    what: 'a program for supply chains',
    name: 'cargo-deny',
    version: '0.20.2',
    words: [],
    programs: { 'cargo-deny': { modules: [], compiled: ['zstd 1.5.7'] } },
  },
];

const named = process.argv.slice(2);
for (const project of projects.filter(({ name }) => named.length === 0 || named.includes(name)))
  test(`${project.name} ${project.version}: ${project.what}`, async (t) => {
    for (const { program, crates, libraries, compiled } of await checkProject(t, {
      ...project,
      words: ['--release', ...project.words],
    }))
      t.diagnostic(`${program}: ${crates} crates; ${compiled}; ${libraries.join(', ')}`);
  });
