/** Programs of real projects out of a sealed build: their crates are those of cargo's unit graph, their libraries those of `readelf`. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { cpSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { folder, run, safeguard } from '../cli/support.ts';
import { corpusFolder } from '../support/corpus.ts';
import { peer } from '../support/peers.ts';
import { triple, unsealed } from '../support/sealed.ts';
import { askCargo } from '../support/unit-graph.ts';

interface Project {
  readonly what: string;
  readonly name: string;
  readonly version: string;
  /** Words of cargo's, that say what is built. */
  readonly words: readonly string[];
  readonly programs: readonly string[];
}

const projects: readonly Project[] = [
  {
    what: 'two programs of one package',
    name: 'cargo-binutils',
    version: '0.4.0',
    words: ['--bin', 'cargo-nm', '--bin', 'rust-nm'],
    programs: ['cargo-nm', 'rust-nm'],
  },
];

interface Component {
  readonly name: string;
  readonly version: string;
  readonly scope?: string;
  readonly purl?: string;
  readonly properties?: readonly { readonly name: string; readonly value: string }[];
}

interface Document {
  readonly metadata: { readonly component: Component };
  readonly components: readonly Component[];
}

interface Listed {
  readonly packages: readonly { readonly name: string; readonly version: string; readonly kind?: string }[];
}

const valuesOf = ({ properties = [] }: Component, name: string) =>
  properties.filter((one) => one.name === name).map(({ value }) => value);

/** Of whoever runs this: what is fetched once is there for the next time. */
const shared = process.env.CARGO_HOME ?? join(homedir(), '.cargo');

describe('a program of a real project', { skip: unsealed, timeout: 30 * 60_000 }, () => {
  for (const { what, name, version, words, programs } of projects)
    it(`has the crates and libraries that cargo and the linker put into it: ${what}`, async (t) => {
      const root = folder(t, { 'home/nothing': '' });
      const dir = join(root, 'project');
      cpSync(await corpusFolder({ name, version }), dir, { recursive: true });
      const env = { HOME: join(root, 'home'), CARGO_HOME: shared, SOURCE_DATE_EPOCH: '1780000000' };
      const fetched = await run('cargo', ['fetch', '--locked', '--target', triple], { cwd: dir, env });
      assert.equal(fetched.code, 0, fetched.stderr);
      const built = ['--target', triple, ...words];
      const graph = await askCargo({
        place: () => ({ folder: dir, cargoHome: shared }),
        args: ['--locked', ...built],
      });
      assert.equal(graph.kind, 'built');
      const compiled = new Map<string, 'required' | 'excluded'>();
      for (const line of graph.packages) {
        const [, one = '', at = '', builtFor] = /^(\S+) (\S+)(?: \S+)? (host|target) \[/.exec(line) ?? [];
        if (builtFor === 'target') compiled.set(`${one} ${at}`, 'required');
        else if (!compiled.has(`${one} ${at}`)) compiled.set(`${one} ${at}`, 'excluded');
      }
      const expected = [...compiled].map(([crate, scope]) => `${crate} ${scope}`).sort();
      const ran = await safeguard(['build', '--offline', '--', 'cargo', 'build', ...built], {
        cwd: dir,
        env,
      });
      // 2: nobody has approved of its build scripts.
      assert.ok(ran.code === 0 || ran.code === 2, ran.stderr);
      assert.match(ran.stderr, /^agreed .*cargo --unit-graph, cargo -Zsbom$/m);
      const audited = await peer('rust-audit-info', '0.5.4');
      for (const program of programs) {
        const file = join(dir, 'safeguard-out', triple, program);
        const document = JSON.parse(readFileSync(`${file}.cdx.json`, 'utf8')) as Document;
        const crates = document.components.filter(({ purl }) => purl?.startsWith('pkg:cargo/'));
        const own = `${name} ${version} required`;
        assert.deepEqual(
          [...crates.map((one) => `${one.name} ${one.version} ${one.scope}`), own].sort(),
          expected,
        );
        const { packages } = JSON.parse(execFileSync(audited, [file], { encoding: 'utf8' })) as Listed;
        const listed = packages.map(
          (one) => `${one.name} ${one.version} ${one.kind === 'build' ? 'excluded' : 'required'}`,
        );
        assert.deepEqual(listed.sort(), expected);

        const dynamic = execFileSync('readelf', ['-d', file], { encoding: 'utf8' });
        const needed = [...dynamic.matchAll(/\(NEEDED\).*\[(.*)\]/g)].map(([, one = '']) => one);
        const libraries = document.components.filter((one) =>
          valuesOf(one, 'safeguard:native-linkage').includes('dynamic'),
        );
        assert.deepEqual(
          libraries.flatMap((one) => valuesOf(one, 'safeguard:native-file')).sort(),
          needed.sort(),
        );
      }
    });
});
