/** Random small workspaces over a random small registry, right in all but what chance makes wrong. */
import fc from 'fast-check';
import type { CrateOptions, DependencySpec } from '../support/crate.ts';
import { toToml } from '../support/manifest.ts';
import type { Project, Run } from './project.ts';

/** Draws one of the values. */
type Draw = <T>(...values: readonly T[]) => T;
type Gen = fc.GeneratorValue;

interface Drawn {
  readonly name: string;
  readonly features: readonly string[];
}

type Kind = 'dependencies' | 'build-dependencies' | 'dev-dependencies';
type DependencyTable = Record<string, DependencySpec & { path?: string }>;

interface Body {
  readonly tables: Readonly<Record<Kind, DependencyTable>>;
  readonly features: Readonly<Record<string, readonly string[]>>;
}

const platforms = [
  undefined,
  undefined,
  'cfg(unix)',
  'cfg(windows)',
  'cfg(not(target_os = "none"))',
  'x86_64-pc-windows-msvc',
  'cfg(mine)',
  'cfg(all(unix, not(mine)))',
  'cfg(mine = "a")',
  'cfg(target_feature = "avx2")',
  'cfg(any(target_feature = "crt-static", panic = "abort"))',
  'cfg(not(debug_assertions))',
];

/** Flags that decide some of them. */
const flags: readonly (readonly string[])[] = [
  ['--cfg', 'mine'],
  ['--cfg=mine', '-O'],
  ['--cfg', 'mine="a"'],
  ['-C', 'target-feature=+avx2'],
  ['-Ctarget-feature=+avx2,-sse3'],
  ['-C', 'target-feature=+crt-static'],
  ['-C', 'panic=abort'],
  ['-C', 'target-cpu=x86-64-v3'],
  ['--check-cfg', 'cfg(mine)'],
];

function config(draw: Draw): string {
  const table = (name: string) =>
    draw(true, false)
      ? ''
      : `[${name}]\nrustflags = ${JSON.stringify([...draw<readonly string[]>(...flags), ...draw<readonly string[]>([], ...flags)])}\n`;
  return [
    table('build'),
    table('target.x86_64-unknown-linux-gnu'),
    table("target.'cfg(unix)'"),
    table("target.'cfg(mine)'"),
    table('target.\'cfg(any(windows, target_os = "none"))\''),
  ].join('');
}

export function randomProject(gen: Gen): Project {
  const draw: Draw = (...values) => gen(fc.constantFrom, ...values) as never;
  const drawn: Drawn[] = [];
  const crates: CrateOptions[] = [];
  for (let i = 0; i < draw(2, 3, 4, 5, 6); i++) {
    const name = `c${i}`;
    const { tables, features } = body(draw, drawn, false);
    crates.push({
      name,
      version: draw('1.0.0', '1.4.0', '0.3.2'),
      dependencies: tables.dependencies,
      buildDependencies: tables['build-dependencies'],
      features,
      procMacro: draw(false, false, true),
      ...(draw(true, false, false) ? { buildScript: 'fn main() {}' } : {}),
    });
    drawn.push({ name, features: Object.keys(features) });
  }
  const files: Record<string, string> = {};
  const members: string[] = [];
  for (let i = 0; i < draw(1, 2, 3); i++) {
    const name = `m${i}`;
    const { tables, features } = body(draw, [...drawn], true);
    const isMacro = draw(false, false, false, true);
    Object.assign(
      files,
      member(name, tables, features, isMacro, draw(false, true), draw('2018', '2021', '2024')),
    );
    members.push(name);
    drawn.push({ name, features: Object.keys(features) });
  }
  const resolver = draw('1', '2', '3', undefined);
  files['Cargo.toml'] = toToml({ workspace: { members, resolver } });
  if (draw(true, true, false)) files['.cargo/config.toml'] = config(draw);
  return { files, crates };
}

export function randomRun(gen: Gen, project: Project): Run {
  const draw: Draw = (...values) => gen(fc.constantFrom, ...values) as never;
  const members = Object.keys(project.files).filter((path) => path.endsWith('/Cargo.toml'));
  const manifest = draw(undefined, undefined, ...members);
  const names = members.map((path) => path.replace('/Cargo.toml', ''));
  const features = draw<readonly string[]>(
    [],
    [],
    ['f0'],
    [`${draw(...names)}/f0`],
    [`${draw('c0', 'c1')}/f0`],
  );
  return {
    ...(manifest === undefined ? {} : { manifest }),
    ...draw<Run>(
      { target: 'x86_64-unknown-linux-gnu' },
      { target: 'x86_64-pc-windows-msvc' },
      { target: 'thumbv7em-none-eabihf' },
      { targets: [] },
      { targets: ['x86_64-unknown-linux-gnu', 'x86_64-pc-windows-msvc'] },
    ),
    ...(draw(true, true, true, false)
      ? {}
      : { environment: { RUSTFLAGS: draw<readonly string[]>([], ...flags).join(' ') } }),
    ...(draw(true, false) ? {} : draw<Run>({ workspace: true }, { packages: [draw(...names)] })),
    features,
    all: features.length === 0 && draw(false, false, true),
    noDefault: draw(false, false, true),
    dev: draw(false, false, true),
  };
}

/** Dependencies on what was drawn before, and features over them. */
function body(draw: Draw, before: readonly Drawn[], isMember: boolean): Body {
  const tables: Record<Kind, DependencyTable> = {
    dependencies: {},
    'build-dependencies': {},
    'dev-dependencies': {},
  };
  const optional: Drawn[] = [];
  const all: Drawn[] = [];
  for (const other of before) {
    if (draw(true, true, false, false, false)) continue;
    const kind = draw<Kind>(
      'dependencies',
      'dependencies',
      'build-dependencies',
      isMember ? 'dev-dependencies' : 'dependencies',
    );
    const isOptional = kind !== 'dev-dependencies' && draw(true, false);
    const target = draw(...platforms);
    tables[kind][other.name] = {
      version: '*',
      features: other.features.filter(() => draw(true, false, false, false)),
      ...(isOptional ? { optional: true } : {}),
      ...(draw(true, false) ? {} : { defaultFeatures: false }),
      ...(target === undefined ? {} : { target }),
      ...(/^m/.test(other.name) ? { path: `../${other.name}` } : {}),
    };
    all.push(other);
    if (isOptional) optional.push(other);
  }
  return { tables, features: features(draw, optional, all) };
}

function features(
  draw: Draw,
  optional: readonly Drawn[],
  all: readonly Drawn[],
): Record<string, readonly string[]> {
  const found: Record<string, readonly string[]> = {};
  for (const name of ['default', 'f0', 'f1', 'f2'].slice(draw(0, 1), draw(2, 3, 4))) {
    const earlier = Object.keys(found).filter((feature) => feature !== 'default' && draw(true, false, false));
    const values = [
      ...earlier,
      ...optional.filter(() => draw(true, false, false)).map((dependency) => `dep:${dependency.name}`),
      ...all.flatMap((dependency) =>
        dependency.features
          .filter(() => draw(true, false, false, false, false))
          .map((feature) => {
            const weak = optional.includes(dependency) && draw(true, false);
            return `${dependency.name}${weak ? '?' : ''}/${feature}`;
          }),
      ),
    ];
    found[name] = values;
  }
  // Cargo wants each optional dependency turned on somewhere: what only `dep:` hides, an implicit feature does not.
  return found;
}

function member(
  name: string,
  tables: Body['tables'],
  features: Body['features'],
  isMacro: boolean,
  hasProgram: boolean,
  edition: string,
): Record<string, string> {
  const plain: Record<string, unknown> = {};
  const targets: Record<string, Record<string, unknown>> = {};
  for (const [kind, table] of Object.entries(tables)) {
    for (const [dependency, { target, defaultFeatures, ...spec }] of Object.entries(table)) {
      if (target !== undefined) targets[target] ??= {};
      const home = target === undefined ? plain : (targets[target] ?? {});
      home[kind] = {
        ...(home[kind] as object | undefined),
        [dependency]: { ...spec, 'default-features': defaultFeatures },
      };
    }
  }
  return {
    [`${name}/Cargo.toml`]: toToml({
      package: { name, version: '0.1.0', edition },
      lib: { path: 'src/lib.rs', 'proc-macro': isMacro || undefined },
      ...plain,
      ...(Object.keys(targets).length === 0 ? {} : { target: targets }),
      features,
    }),
    [`${name}/src/lib.rs`]: '',
    [`${name}/build.rs`]: 'fn main() {}',
    ...(hasProgram ? { [`${name}/src/main.rs`]: 'fn main() {}' } : {}),
  };
}
