import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { makeCrate } from '../support/crate.ts';
import { toolchain } from '../support/unit-graph.ts';
import { ours, type Project, readyProject } from './project.ts';

const twig = makeCrate({ name: 'twig', version: '1.0.0' });
const project: Project = {
  crates: [
    { name: 'leaf', version: '1.2.0', dependencies: { twig: { version: '1', optional: true } } },
    { name: 'twig', version: '1.0.0' },
    { name: 'bud', version: '0.2.0' },
  ],
  files: {
    'Cargo.toml':
      '[package]\nname = "app"\nversion = "0.1.0"\nedition = "2021"\n[dependencies]\nleaf = "1"\n[dev-dependencies]\nbud = "0.2"\n',
    'src/main.rs': 'fn main() {}',
  },
};

type Change = (lockfile: string) => string;

/** Changes to a lockfile, and where we say that it is wrong. Cargo refuses each of them with `--locked`. */
const table: readonly (readonly [name: string, change: Change, message: RegExp])[] = [
  [
    'a package that nothing needs',
    (text) =>
      text +
      text
        .slice(text.indexOf('\n[[package]]\nname = "leaf"'))
        .replace('"leaf"', '"twig"')
        .replace('1.2.0', '1.0.0')
        .replace(/checksum = "[^"]*"/, `checksum = "${twig.checksum}"`),
    /:\d+:1: the lockfile has `twig 1.0.0`, which nothing needs/,
  ],
  [
    'a dependency taken out',
    (text) => text.replace(' "bud",\n', ''),
    /Cargo.lock:\d+:1: the lockfile has no package for `bud = "0.2"`, which `app 0.1.0` needs/,
  ],
  [
    'another version of the project',
    (text) => text.replace('name = "app"\nversion = "0.1.0"', 'name = "app"\nversion = "0.0.9"'),
    /the lockfile has 0.0.9/,
  ],
  [
    'a version that the requirement does not take',
    (text) => text.replace('name = "bud"\nversion = "0.2.0"', 'name = "bud"\nversion = "0.3.0"'),
    /no package for `bud = "0.2"`|does not list `bud 0.3.0`/,
  ],
  [
    'a merge conflict',
    (text) => text.replace('[[package]]\nname = "bud"', '<<<<<<< HEAD\n[[package]]\nname = "bud"'),
    /Cargo.lock:\d+:1: the lockfile has a merge conflict/,
  ],
  [
    'a file cut short',
    (text) => text.slice(0, text.lastIndexOf('checksum') + 30),
    /Cargo.lock:\d+:\d+: the lockfile was not understood/,
  ],
  [
    'a format from the future',
    (text) => text.replace(/^version = \d/m, 'version = 5'),
    /Cargo.lock:3:1: the lockfile has version `5`/,
  ],
  [
    'a package twice',
    (text) => text + text.slice(text.lastIndexOf('\n[[package]]')),
    /is in the lockfile twice/,
  ],
  [
    'a dependency on what is not there',
    (text) => text.replace(' "bud",', ' "bud",\n "ghost",'),
    /`ghost` names no single package/,
  ],
];

const skip = toolchain === undefined ? 'there is no cargo here' : false;

describe('a lockfile that is not right is refused, as by cargo, with the place', {
  skip,
  concurrency: 2,
}, () => {
  for (const [name, change, message] of table) {
    it(name, async () => {
      const lockfile = (await readyProject(project)).files['Cargo.lock'] ?? '';
      const changed = change(lockfile);
      assert.notEqual(changed, lockfile);
      const ready = await readyProject({ ...project, files: { ...project.files, 'Cargo.lock': changed } });
      const [answer, theirs] = [await ours(ready, {}), await ready.cargo({})];
      assert.equal(answer.kind, 'refused');
      assert.match(answer.kind === 'refused' ? answer.message : '', message);
      // Cargo drops a dependency that it does not find, and resolves anew: nothing is missing then.
      if (!name.startsWith('a dependency on')) assert.equal(theirs.kind, 'refused');
    });
  }

  it('no lockfile', async () => {
    const answer = await ours({ ...(await readyProject(project)), files: project.files }, {});
    assert.match(answer.kind === 'refused' ? answer.message : '', /there is no lockfile/);
  });
});
