import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { cfgHolds } from '../../src/cargo/cfg/expression.ts';
import type { CfgAnswer } from '../../src/rust/conditions.ts';
import { moduleTree } from '../../src/rust/module-tree.ts';

const onUnix: CfgAnswer = (expression) =>
  expression === undefined ? undefined : cfgHolds(expression, new Set(['unix']));
const nobodyKnows: CfgAnswer = () => undefined;

function walked(files: Readonly<Record<string, string>>, answer: CfgAnswer = onUnix, root = 'src/lib.rs') {
  const tree = moduleTree(root, (path) => (Object.hasOwn(files, path) ? files[path] : undefined), answer);
  return {
    modules: tree.modules.map(
      ({ path, file, certain }) => `${['crate', ...path].join('::')} ${file}${certain ? '' : '?'}`,
    ),
    unfollowed: tree.unfollowed.map(({ file, line, reason }) => `${file}:${line} ${reason}`),
  };
}

describe('moduleTree', () => {
  it('finds modules beside and below the file that names them', () => {
    const files = {
      'src/lib.rs': 'mod a; mod b; mod c { mod d; }',
      'src/a.rs': 'mod e;',
      'src/a/e.rs': '',
      'src/b/mod.rs': 'mod f;',
      'src/b/f.rs': '',
      'src/c/d.rs': '',
    };
    assert.deepEqual(walked(files), {
      modules: [
        'crate src/lib.rs',
        'crate::a src/a.rs',
        'crate::a::e src/a/e.rs',
        'crate::b src/b/mod.rs',
        'crate::b::f src/b/f.rs',
        'crate::c src/lib.rs',
        'crate::c::d src/c/d.rs',
      ],
      unfollowed: [],
    });
  });

  it('follows #[path], within a module in braces too, and cfg_attr', () => {
    const files = {
      'src/lib.rs':
        '#[path = "../x/y.rs"] mod a; mod b { #[path = "z.rs"] mod c; } #[cfg_attr(unix, path = "u.rs")] mod d; #[path = "t"] mod e { mod f; }',
      'x/y.rs': 'mod g;',
      'x/g.rs': '',
      'src/b/z.rs': '',
      'src/u.rs': '',
      'src/t/f.rs': '',
    };
    assert.deepEqual(walked(files), {
      modules: [
        'crate src/lib.rs',
        'crate::a x/y.rs',
        'crate::a::g x/g.rs',
        'crate::b src/lib.rs',
        'crate::b::c src/b/z.rs',
        'crate::d src/u.rs',
        'crate::e src/lib.rs',
        'crate::e::f src/t/f.rs',
      ],
      unfollowed: [],
    });
  });

  it('leaves out what surely is not built, and says of the rest whether it is sure', () => {
    const files = {
      'src/lib.rs': '#[cfg(windows)] mod w; #[cfg(unix)] mod u; #[cfg(version("1"))] mod v; m! { mod n; }',
      'src/u.rs': '',
      'src/v.rs': '',
      'src/n.rs': '',
    };
    assert.deepEqual(walked(files).modules, [
      'crate src/lib.rs',
      'crate::u src/u.rs',
      'crate::v src/v.rs?',
      'crate::n src/n.rs?',
    ]);
  });

  it('leaves out a file that says of itself that it is not built', () => {
    assert.deepEqual(walked({ 'src/lib.rs': 'mod a;', 'src/a.rs': '#![cfg(windows)] mod b;' }), {
      modules: ['crate src/lib.rs'],
      unfollowed: [],
    });
  });

  it('takes the branch of cfg_if! that holds, or each that may', () => {
    const files = {
      'src/lib.rs':
        'cfg_if::cfg_if! { if #[cfg(windows)] { mod w; } else if #[cfg(unix)] { mod u; } else { mod o; } }',
      'src/w.rs': '',
      'src/u.rs': '',
      'src/o.rs': '',
    };
    assert.deepEqual(walked(files).modules, ['crate src/lib.rs', 'crate::u src/u.rs']);
    assert.deepEqual(walked(files, nobodyKnows).modules, [
      'crate src/lib.rs',
      'crate::w src/w.rs?',
      'crate::u src/u.rs?',
      'crate::o src/o.rs?',
    ]);
  });

  it('follows include! where its path stands there, and says so where it does not', () => {
    const files = {
      'src/lib.rs': 'include!("gen/a.rs");\ninclude!(concat!(env!("OUT_DIR"), "/b.rs"));',
      'src/gen/a.rs': 'mod c;',
      'src/gen/c.rs': '',
    };
    assert.deepEqual(walked(files), {
      modules: ['crate src/lib.rs', 'crate src/gen/a.rs', 'crate::c src/gen/c.rs'],
      unfollowed: ['src/lib.rs:2 a path made at build time is included'],
    });
  });

  it('says what is missing, broken, or brings itself', () => {
    const files = {
      'src/lib.rs': 'mod a;\nmod b;\nmod c;\n#[path = "../../out.rs"] mod d;',
      'src/b.rs': '"',
      'src/c.rs': '#[path = "c.rs"] mod c;',
    };
    assert.deepEqual(walked(files).unfollowed, [
      'src/lib.rs:1 src/a.rs is not in the package',
      'src/b.rs:1 a string is never closed',
      'src/c.rs:1 src/c.rs brings itself',
      'src/lib.rs:4 ../../out.rs is outside the package',
    ]);
    assert.deepEqual(walked({}).unfollowed, ['src/lib.rs:1 src/lib.rs is not in the package']);
  });

  it('ends where every module is brought twice by each', () => {
    const files: Record<string, string> = {};
    for (let at = 0; at < 30; at++)
      files[`src/m${at}.rs`] = `#[path = "m${at + 1}.rs"] mod a; #[path = "m${at + 1}.rs"] mod b;`;
    const { unfollowed } = walked(files, onUnix, 'src/m0.rs');
    assert.match(unfollowed.at(-1) ?? '', /more modules, or deeper ones, than are followed/);
  });
});
