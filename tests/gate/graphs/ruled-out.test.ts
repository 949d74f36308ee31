import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseLockfile } from '../../../src/cargo/lockfile.ts';
import { ruledOutBy } from '../../../src/gate/graphs/ruled-out.ts';
import { readSides } from '../../../src/gate/graphs/sides.ts';
import { memoryFiles } from '../../../src/gate/project/memory-files.ts';
import { makeCrate } from '../../support/crate.ts';
import { lockedApp, lockedCrate, lockfileText } from '../../support/lockfile.ts';
import { shelf } from '../project.ts';

const linux = 'x86_64-unknown-linux-gnu';
const crate = makeCrate({ name: 'thing', version: '1.0.0' });
const lockfile = lockfileText(lockedApp('thing'), lockedCrate(crate));

interface Case {
  /** The key of `[target.…]` that the one dependency stands under. */
  readonly cfg: string;
  readonly kind?: 'dependencies' | 'build-dependencies';
  readonly config?: string;
  readonly more?: Readonly<Record<string, string>>;
  readonly environments?: readonly (readonly string[])[];
  readonly hosts?: readonly string[];
  /** Of the advisory. */
  readonly os?: readonly string[];
}

async function isRuledOut({ cfg, kind = 'dependencies', config, more, environments = [], hosts, os }: Case) {
  const manifest = `[package]\nname = "app"\nversion = "0.1.0"\nedition = "2021"\n[target.${JSON.stringify(cfg)}.${kind}]\nthing = "1"\n`;
  const texts = new Map(
    Object.entries({
      'Cargo.toml': manifest,
      'Cargo.lock': lockfile,
      'src/main.rs': '',
      'build.rs': '',
      ...(config === undefined ? {} : { '.cargo/config.toml': config }),
      ...more,
    }),
  );
  const { after } = await readSides({
    manifestPath: '/project/Cargo.toml',
    lockfile: '/project/Cargo.lock',
    files: memoryFiles({ root: '/project', texts, others: [] }),
    before: undefined,
    targets: [linux],
    host: linux,
    hosts: hosts ?? [linux, 'x86_64-pc-windows-msvc', 'aarch64-apple-darwin'],
    environments,
    cargoHome: undefined,
    cache: undefined,
    remote: shelf([crate]),
    told: undefined,
    nameOf: (path) => path,
  });
  assert.equal(after.kind, 'resolved');
  const thing = parseLockfile(lockfile).packages.find(({ name }) => name === 'thing');
  assert.ok(thing);
  const ruledOut = ruledOutBy([linux], after);
  if (os === undefined)
    assert.equal(ruledOut.advisory(thing, { platforms: { os: [], arch: [] } }), ruledOut.whole(thing));
  return ruledOut.advisory(thing, { platforms: { os: os ?? [], arch: [] } }) !== undefined;
}

const flags = (...all: readonly string[]) => `[build]\nrustflags = ${JSON.stringify(all)}\n`;
const avx2 = 'cfg(target_feature = "avx2")';
const abort = 'cfg(panic = "abort")';

describe('what is ruled out', () => {
  const table: [what: string, expected: boolean, one: Case][] = [
    ['a cfg that nobody sets may be set', false, { cfg: 'cfg(mine)' }],
    ['and may be not', false, { cfg: 'cfg(not(mine))' }],
    ['a cfg with a value', false, { cfg: 'cfg(mine = "a")' }],
    ['a feature that cargo never sets, but flags may', false, { cfg: 'cfg(feature = "x")' }],
    ['what an unknown cfg cannot change', true, { cfg: 'cfg(all(mine, windows))' }],
    ['another platform', true, { cfg: 'cfg(windows)' }],
    ['another triple', true, { cfg: 'x86_64-pc-windows-msvc' }],
    ['a target feature that is off', true, { cfg: avx2 }],
    ['one that is switched on', false, { cfg: avx2, config: flags('-C', 'target-feature=+avx2') }],
    ['one of the CPU', false, { cfg: avx2, config: flags('-Ctarget-cpu=haswell') }],
    [
      'one that the CPU has not',
      true,
      { cfg: 'cfg(target_feature = "avx512f")', config: flags('-Ctarget-cpu=haswell') },
    ],
    ['a CPU that nobody knows', false, { cfg: avx2, config: flags('-Ctarget-cpu=native') }],
    [
      'a cfg of another platform that flags set',
      false,
      { cfg: 'cfg(windows)', config: flags('--cfg', 'windows') },
    ],
    [
      'what is off under the flags that are configured may be on without',
      true,
      { cfg: 'cfg(panic = "unwind")', config: flags('-Cpanic=abort') },
    ],
    ['panic', false, { cfg: abort, config: flags('-C', 'panic=abort') }],
    [
      'flags of another target',
      true,
      { cfg: abort, config: '[target.x86_64-pc-windows-msvc]\nrustflags = ["-Cpanic=abort"]\n' },
    ],
    [
      'flags of a cfg',
      false,
      { cfg: abort, config: '[target."cfg(unix)"]\nrustflags = ["-Cpanic=abort"]\n' },
    ],
    ['flags of another environment', false, { cfg: abort, environments: [['-Cpanic=abort']] }],
    ['without them', false, { cfg: 'cfg(panic = "unwind")', environments: [['-Cpanic=abort']] }],
    ['flags that a file brings', false, { cfg: abort, config: flags('@flags') }],
    [
      'flags that a configuration includes',
      false,
      {
        cfg: abort,
        config: 'include = ["more.toml"]\n',
        more: { '.cargo/more.toml': flags('-Cpanic=abort') },
      },
    ],
    ['a machine that may build', false, { cfg: 'cfg(windows)', kind: 'build-dependencies' }],
    ['by its triple', false, { cfg: 'aarch64-apple-darwin', kind: 'build-dependencies' }],
    ['a machine that may not', true, { cfg: 'cfg(target_os = "freebsd")', kind: 'build-dependencies' }],
    [
      'a machine with the flags of the project',
      false,
      { cfg: abort, kind: 'build-dependencies', config: flags('-Cpanic=abort') },
    ],
    [
      'or without them',
      false,
      { cfg: 'cfg(panic = "unwind")', kind: 'build-dependencies', config: flags('-Cpanic=abort') },
    ],
    [
      'an advisory on a platform of a machine',
      false,
      { cfg: 'cfg(all())', kind: 'build-dependencies', os: ['windows'] },
    ],
    [
      'an advisory on none of them',
      true,
      { cfg: 'cfg(all())', kind: 'build-dependencies', os: ['windows'], hosts: [linux] },
    ],
    ['an advisory on another platform', true, { cfg: 'cfg(all())', os: ['windows'] }],
  ];
  for (const [what, expected, one] of table) {
    it(`${what}: ${expected}`, async () => assert.equal(await isRuledOut(one), expected));
  }
});
