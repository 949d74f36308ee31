/**
 * Which crates three tools say that a program is made of, held against what cargo compiles:
 * `node bench/beside.ts [--projects N]`. For applications of the lockfile corpus: `safeguard sbom`, cargo-cyclonedx and
 * cargo-auditable (`cargo install cargo-cyclonedx --version 0.5.9`, `cargo-auditable --version 0.7.7`) and the unit
 * graph of nightly's cargo, each for one target. Nothing is compiled: cargo-auditable is run over a compiler that does
 * nothing but keep the list that was to be linked. Prints a table for docs/sbom.md and, behind it, each name that is
 * too many or missing.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { parseDepV0 } from '../src/binary/dep-v0.ts';
import { readBom } from '../src/bom/read/read.ts';
import { readUnitGraph } from '../src/build/oracle/unit-graph.ts';
import { dryCompiler } from '../src/build/run/dry-run.ts';
import { packageOfId } from '../src/build/run/messages.ts';
import { corpus, corpusFolder } from '../tests/support/corpus.ts';

const { values } = parseArgs({ options: { projects: { type: 'string', default: '20' } } });
const said = (...words: readonly string[]) =>
  execFileSync(words[0] ?? '', words.slice(1), { encoding: 'utf8' });
const host = /^host: (.*)$/m.exec(said('rustc', '-vV'))?.[1] ?? '';
const launcher = join(import.meta.dirname, '../safeguard');
const folder = mkdtempSync(join(tmpdir(), 'safeguard-beside-'));

/** Packages by name and version, as `serde 1.0.0`. */
type Crates = ReadonlySet<string>;

interface Row {
  readonly project: string;
  readonly compiled: Crates;
  readonly listed: Readonly<Record<string, Crates>>;
}

function run(words: readonly string[], cwd: string, env: Readonly<Record<string, string>> = {}): string {
  const ran = spawnSync(words[0] ?? '', words.slice(1), {
    cwd,
    encoding: 'utf8',
    maxBuffer: 1 << 28,
    env: { ...process.env, CARGO_TERM_COLOR: 'never', ...env },
  });
  if (ran.status === 0) return ran.stdout;
  throw new Error(`${words.join(' ')}: ${ran.error?.message ?? ran.stderr.slice(-1500)}`);
}

function compiledIn(project: string): Crates {
  const words = ['cargo', '+nightly', 'build', '--unit-graph', '-Zunstable-options', '--ignore-rust-version'];
  const { units } = readUnitGraph(run([...words, '--locked', '--offline', '--target', host], project));
  return new Set(
    units.flatMap(({ pkg_id }) => {
      const found = packageOfId(pkg_id);
      return found === undefined ? [] : [`${found.name} ${found.version}`];
    }),
  );
}

function documented(text: string): Crates {
  const { subject, components } = readBom(text);
  return new Set(
    [...(subject === undefined ? [] : [subject]), ...components].map(
      ({ name, version }) => `${name} ${version}`,
    ),
  );
}

function byCyclonedx(project: string): Crates {
  run(
    ['cargo', 'cyclonedx', '--format', 'json', '--target', host, '--override-filename', 'theirs'],
    project,
    {
      CARGO_NET_OFFLINE: 'true',
    },
  );
  const bom = JSON.parse(readFileSync(join(project, 'theirs.json'), 'utf8')) as {
    readonly metadata?: { readonly component?: { components?: unknown } };
  };
  // Programs of the package itself, which are no crates.
  delete bom.metadata?.component?.components;
  return documented(JSON.stringify(bom));
}

/** Of all programs of the package together. */
function byAuditable(project: string): Crates {
  const kept = join(folder, 'kept');
  rmSync(kept, { recursive: true, force: true });
  mkdirSync(kept);
  const rustc = join(said('rustc', '--print', 'sysroot').trim(), 'bin/rustc');
  const compiler = join(folder, 'rustc');
  const keep = `for word in "$@"; do case $word in -Clink-arg=/*.o) cp "\${word#-Clink-arg=}" '${kept}' ;; esac; done\n`;
  writeFileSync(compiler, dryCompiler(rustc).replace('#!/bin/sh\n', `#!/bin/sh\n${keep}`), { mode: 0o755 });
  run(
    ['cargo', 'auditable', 'build', '--offline', '--locked', '--ignore-rust-version', '--target', host],
    project,
    {
      RUSTC: compiler,
      RUSTC_WRAPPER: '',
      CARGO_TARGET_DIR: join(folder, 'target'),
    },
  );
  const crates = readdirSync(kept).flatMap((file) => {
    const bytes = join(folder, 'bytes');
    run(
      [
        'objcopy',
        '-O',
        'binary',
        '--only-section=.dep-v0',
        '--set-section-flags=.dep-v0=alloc',
        join(kept, file),
        bytes,
      ],
      folder,
    );
    return parseDepV0(readFileSync(bytes)).map(({ name, version }) => `${name} ${version}`);
  });
  return new Set(crates);
}

const without = (one: Crates, other: Crates) => [...one].filter((each) => !other.has(each)).sort();

function measure(project: string, name: string): Row {
  run(['cargo', 'fetch', '--locked'], project);
  const compiled = compiledIn(project);
  const own = documented(run([launcher, 'sbom', '--offline', '--target', host], project));
  return {
    project: name,
    compiled,
    listed: {
      safeguard: own,
      'cargo-cyclonedx': byCyclonedx(project),
      'cargo-auditable': byAuditable(project),
    },
  };
}

try {
  const rows: Row[] = [];
  for (const { name, version } of corpus()) {
    if (rows.length === Number(values.projects)) break;
    const project = join(folder, 'project');
    rmSync(project, { recursive: true, force: true });
    cpSync(await corpusFolder({ name, version }), project, { recursive: true });
    // Which toolchain a project names is none of what is compared.
    for (const file of ['rust-toolchain', 'rust-toolchain.toml'])
      rmSync(join(project, file), { force: true });
    try {
      rows.push(measure(project, `${name} ${version}`));
    } catch (error) {
      console.log(`${name} ${version}: left out: ${String(error).slice(0, 600)}`);
    }
    const row = rows.at(-1);
    if (row?.project !== `${name} ${version}`) continue;
    const cells = Object.values(row.listed).map(
      (listed) =>
        `${listed.size} | ${without(listed, row.compiled).length} | ${without(row.compiled, listed).length}`,
    );
    console.log(`| ${row.project} | ${row.compiled.size} | ${cells.join(' | ')} |`);
  }
  for (const { project, compiled, listed } of rows)
    for (const [tool, crates] of Object.entries(listed)) {
      const [more, fewer] = [without(crates, compiled), without(compiled, crates)];
      if (more.length > 0) console.log(`${project}, ${tool}: not compiled: ${more.join(', ')}`);
      if (fewer.length > 0) console.log(`${project}, ${tool}: not listed: ${fewer.join(', ')}`);
    }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
