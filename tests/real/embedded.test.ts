/** The list of crates in a program of a sealed build, as rust-audit-info reads it. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { auditInfo } from '../support/program-crates.ts';
import { lockfileOf, manifest, sealedProject, unsealed } from '../support/sealed.ts';

describe('the list of crates in a program', { skip: unsealed }, () => {
  it('is what rust-audit-info reads: crates as compiled, macros as built alone', async (t) => {
    const project = sealedProject(t, {
      'Cargo.toml': '[workspace]\nresolver = "2"\nmembers = ["one", "two", "made", "shared"]\n',
      'Cargo.lock': lockfileOf({ made: [], one: ['made', 'shared'], shared: [], two: ['shared'] }),
      'one/Cargo.toml': manifest(
        'one',
        '[dependencies]\nmade = { path = "../made" }\nshared = { path = "../shared" }',
      ),
      'one/src/main.rs': 'fn main() { println!("{}{}", made::made!(), shared::NAME); }\n',
      'made/Cargo.toml': manifest('made', '[lib]\nproc-macro = true'),
      'made/src/lib.rs':
        'use proc_macro::TokenStream;\n#[proc_macro]\npub fn made(_: TokenStream) -> TokenStream { "1".parse().unwrap() }\n',
      'two/Cargo.toml': manifest('two', '[dependencies]\nshared = { path = "../shared" }'),
      // What a crate puts there itself is not what is read.
      'two/src/main.rs':
        '#[used]\n#[unsafe(link_section = ".dep-v0")]\nstatic LIE: [u8; 4] = *b"none";\nfn main() { println!("{}", shared::NAME); }\n',
      'shared/Cargo.toml': manifest('shared'),
      'shared/src/lib.rs': 'pub const NAME: &str = "shared";\n',
    });
    const ran = await project.build();
    assert.equal(ran.code, 0, ran.stderr);
    const listed = async (name: string) =>
      (await auditInfo(join(project.output, name))).map(
        (pkg) =>
          `${pkg.name} ${pkg.kind ?? 'runtime'} ${pkg.source} [${pkg.dependencies ?? ''}]${pkg.root ? ' root' : ''}`,
      );
    assert.deepEqual(await listed('one'), [
      'made build local []',
      'one runtime local [0,2] root',
      'shared runtime local []',
    ]);
    assert.deepEqual(await listed('two'), ['shared runtime local []', 'two runtime local [0] root']);
    assert.ok(readFileSync(join(project.output, 'two')).includes('.dep-v0.before'));
  });
});
