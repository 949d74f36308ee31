/** A build that is made twice, in surroundings that have nothing in common but what is sealed. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { lockfileOf, manifest, sealedProject, unsealed } from '../support/sealed.ts';

/** A program for each script, which says what the script's last expression is. */
const files = (scripts: Readonly<Record<string, string>>) => ({
  'Cargo.toml': `[workspace]\nresolver = "2"\nmembers = [${Object.keys(scripts).map((name) => `"${name}"`)}]\n`,
  'Cargo.lock': lockfileOf(Object.fromEntries(Object.keys(scripts).map((name) => [name, []]))),
  ...Object.fromEntries(
    Object.entries(scripts).flatMap(([name, script]) => [
      [`${name}/Cargo.toml`, manifest(name)],
      [`${name}/build.rs`, `fn main() { println!("cargo::rustc-env=SAID={}", { ${script} }); }\n`],
      [`${name}/src/main.rs`, 'fn main() { println!("built {}", env!("SAID")); }\n'],
    ]),
  ),
});

interface Report {
  readonly same: boolean;
  readonly files: readonly {
    readonly name: string;
    readonly differences: readonly { readonly section: string; readonly texts: readonly string[] }[];
  }[];
}

interface Provenance {
  readonly predicate: {
    readonly runDetails: {
      readonly byproducts: readonly {
        readonly name: string;
        readonly digest: { readonly sha256: string };
        readonly annotations?: unknown;
      }[];
    };
  };
}

describe('safeguard build --reproduce', { skip: unsealed }, () => {
  it('says that the second build made the same', async (t) => {
    // The copy of the project is none of what the second build writes.
    const project = sealedProject(t, {
      ...files({ app: 'env!("CARGO_PKG_VERSION")' }),
      'app/large': ' '.repeat(64 * 1024 ** 2),
    });
    const ran = await project.build(['--reproduce', '--max-disk', '48MiB']);
    assert.equal(ran.code, 0, ran.stderr);
    assert.match(ran.stderr, /^again +the same bytes/m);
    const bytes = readFileSync(join(project.output, 'reproduced.json'));
    assert.equal((JSON.parse(bytes.toString()) as Report).same, true);
    const { predicate } = JSON.parse(
      readFileSync(join(project.output, 'app.provenance.intoto.json'), 'utf8'),
    ) as Provenance;
    assert.deepEqual(
      predicate.runDetails.byproducts.find(({ name }) => name === 'reproduced.json'),
      {
        name: 'reproduced.json',
        digest: { sha256: createHash('sha256').update(bytes).digest('hex') },
        annotations: { same: true },
      },
    );
  });

  it('names the section that differs in each program, and fails', async (t) => {
    const leaks: Readonly<Record<string, readonly [script: string, first: RegExp, second: RegExp]>> = {
      fine: ['"0"', /^$/, /^$/],
      home: ['std::env::var("HOME").unwrap()', /built \/build\/home/, /built \/build\/room/],
      host: [
        'std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap().trim().to_string()',
        /built build/,
        /built other/,
      ],
      jobs: ['std::env::var("NUM_JOBS").unwrap().repeat(8)', /built \d{8}/, /built \d{8}/],
      time: [
        'format!("{:?}", std::fs::metadata("src/main.rs").unwrap().modified().unwrap())',
        /tv_n?sec: \d/,
        /tv_n?sec: \d/,
      ],
      user: [
        'std::fs::read_to_string("/etc/passwd").unwrap().trim().to_string()',
        /build:x:1000/,
        /build:x:4321/,
      ],
    };
    const project = sealedProject(
      t,
      files(Object.fromEntries(Object.entries(leaks).map(([name, [script]]) => [name, script]))),
    );
    const ran = await project.build(['--reproduce', '--format', 'json']);
    assert.equal(ran.code, 1, ran.stderr);
    const { reproduced } = JSON.parse(ran.stdout) as { readonly reproduced: Report };
    assert.equal(reproduced.same, false);
    assert.deepEqual(JSON.parse(readFileSync(join(project.output, 'reproduced.json'), 'utf8')), reproduced);
    for (const [name, [, first, second]] of Object.entries(leaks)) {
      const found = reproduced.files.find((one) => one.name === name)?.differences ?? [];
      if (name === 'fine') assert.deepEqual(found, []);
      else {
        assert.match(ran.stderr, new RegExp(`^again +${name}: \\.rodata differs at byte \\d+: "`, 'm'));
        const isNamed = found.some(
          ({ section, texts: [here = '', there = ''] }) =>
            section === '.rodata' && first.test(here) && second.test(there) && here !== there,
        );
        assert.ok(isNamed, `${name}: ${JSON.stringify(found)}`);
      }
    }
  });

  it('is not for a build that keeps nothing in', async (t) => {
    const project = sealedProject(t, files({ app: '"x"' }));
    const ran = await project.build(['--reproduce', '--no-sandbox']);
    assert.equal(ran.code, 64, ran.stderr);
    assert.match(ran.stderr, /--reproduce compares two sealed builds/);
  });
});
