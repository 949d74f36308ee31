import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { canonicalName } from '../../../src/cargo/index-path.ts';
import { editDistance, slipBetween } from '../../../src/facts/typosquat/edit.ts';
import { skeleton, squash, versionBase, wordsKey } from '../../../src/facts/typosquat/name.ts';
import { knownNames, withOwn } from '../../../src/facts/typosquat/names.ts';
import { Namespace } from '../../../src/facts/typosquat/namespace.ts';
import { hashesWithout, hashOf, hashOfJoined, rawHash } from '../../../src/facts/typosquat/neighbourhood.ts';
import type { Technique } from '../../../src/facts/typosquat/resemblance.ts';

const million = 1_000_000;
const used = (...names: string[]) => new Namespace(names.map((name) => ({ name, uses: 100 * million })));

describe('what a name resembles, and how', () => {
  const cases: [suspect: string, target: string, technique: Technique | undefined][] = [
    ['oncecell', 'once_cell', 'separator'],
    ['bit-flags', 'bitflags', 'separator'],
    ['tokoi', 'tokio', 'transposition'],
    ['tokioo', 'tokio', 'repetition'],
    ['serrde', 'serde', 'repetition'],
    ['serd', 'serde', 'omission'],
    ['rands', 'rand', 'plural'],
    ['tracings', 'tracing', 'plural'],
    ['crossbeam-util', 'crossbeam-utils', 'plural'],
    ['serdw', 'serde', 'keyboard'],
    ['hyper-tlc', 'hyper-tls', undefined],
    ['c1ap', 'clap', 'look-alike'],
    ['t0ki0', 'tokio', 'look-alike'],
    ['hyrner', 'hymer', 'look-alike'],
    ['serdx', 'serde', undefined],
    ['regex-syntaj', 'regex-syntax', 'substitution'],
    ['regex-synta8', 'regex-syntax', 'bit-flip'],
    ['reqwestz', 'reqwest', undefined],
    ['reqwestzz', 'reqwestz', 'repetition'],
    ['if-cfg', 'cfg-if', 'swapped-words'],
    ['registry-win', 'windows-registry', 'swapped-words'],
    ['proc-macro1', 'proc-macro2', 'version'],
    ['proc-macro', 'proc-macro2', 'version'],
    ['serde-v2', 'serde', 'version'],
    ['lasso-rs', 'lasso', 'affix-added'],
    ['rs-lasso', 'lasso', 'affix-added'],
    ['libserde', 'serde', 'affix-added'],
    ['serde-api', 'serde', 'affix-added'],
    ['win-base64-rs', 'base64', 'affix-added'],
    ['tokio-python', 'tokio', 'affix-added'],
    ['openssl', 'openssl-sys', 'affix-dropped'],
    ['libusb1-main', 'libusb1-sys', 'affix-changed'],
    ['sha-rust', 'sha2', 'affix-and-version'],
    ['unicode-segmantatoin', 'unicode-segmentation', 'two-edits'],
    ['tree-sitter-php', 'tree-sitter-hcl', undefined],
    ['serde_json', 'serde-json', undefined],
    ['Serde', 'serde', undefined],
    ['unrelated', 'serde', undefined],
    ['', 'serde', undefined],
    ['-', 'serde', undefined],
    ['x'.repeat(500), 'serde', undefined],
    ['ünïcode', 'unicode', undefined],
  ];
  for (const [suspect, target, technique] of cases) {
    const title = suspect.length > 40 ? 'an endless name' : suspect;
    it(`${title} and ${target}: ${technique ?? 'nothing'}`, () => {
      const [hit] = used(target).resemblances({ name: suspect });
      // What is near by chance may be said, but never loudly.
      if (technique === undefined && hit !== undefined) assert.equal(hit.strength, 'weak');
      else assert.equal(hit?.technique, technique);
      if (hit !== undefined) assert.ok(hit.why.includes(target), hit.why);
    });
  }

  it('takes only what is much more used, older, and of other owners', () => {
    const namespace = new Namespace([{ name: 'serde', uses: 900_000, created: 1000 }]);
    const crates = (suspect: Parameters<Namespace['resemblances']>[0]) =>
      namespace.resemblances(suspect).length;
    assert.equal(crates({ name: 'serd' }), 1);
    assert.equal(crates({ name: 'serd', uses: 90_000 }), 1);
    assert.equal(crates({ name: 'serd', uses: 90_001 }), 0);
    assert.equal(crates({ name: 'serd', created: 999 }), 0);
    assert.equal(crates({ name: 'serd', created: 1001 }), 1);
    assert.equal(crates({ name: 'serd', sharesOwnerWith: (crate) => crate === 'serde' }), 0);
    assert.equal(new Namespace([{ name: 'serde', uses: 4_999 }]).resemblances({ name: 'serd' }).length, 0);
  });

  it('takes what resembles one’s own crates, however little they are used', () => {
    const names = withOwn(new Namespace([{ name: 'serde', uses: 900_000 }]), ['acme-billing', 'acme-biller']);
    const [hit] = names.resemblances({ name: 'acme_biling' });
    assert.deepEqual([hit?.crate, hit?.own, hit?.strength], ['acme-billing', true, 'strong']);
    assert.deepEqual(names.resemblances({ name: 'acme_billing' }), []);
    assert.deepEqual(names.resemblances({ name: 'acme-biller' }), [], 'they may resemble each other');
    assert.equal(names.resemblances({ name: 'serd' })[0]?.crate, 'serde');
    assert.equal(names.size, 3);
  });

  it('is told of one’s own first, also where all names have it too', () => {
    const all = new Namespace([{ name: 'acme-billing', uses: 900_000 }]);
    const hits = withOwn(all, ['acme-billing']).resemblances({ name: 'acme-biling' });
    assert.deepEqual(
      hits.map(({ crate, own }) => [crate, own]),
      [['acme-billing', true]],
    );
  });

  it('knows the shipped list until a dump was imported', () => {
    const dumped = [{ id: 1, name: 'only', downloads: 5, createdAt: 0 }];
    assert.ok(knownNames({}).length > 3000);
    assert.deepEqual(knownNames({ dumped }), [{ name: 'only', uses: 5, created: 0 }]);
    const named = knownNames({ named: ['lfest'] });
    assert.deepEqual(named.at(-1), { name: 'lfest', uses: 50_000 });
  });
});

const letter = fc.constantFrom(...'abcdeors-123');
const someName = fc.string({ unit: letter, minLength: 6, maxLength: 16 }).map((text) => `x${text}`);

describe('properties of resemblance', () => {
  it('is the same, indexed at once or in slices', async () => {
    const names = knownNames({});
    let pauses = 0;
    const slices = await Namespace.inSlices(names, async () => {
      pauses++;
    });
    assert.ok(pauses > 4);
    const whole = new Namespace(names);
    for (const { name } of names.slice(0, 300)) {
      const suspect = { name: `${name}s` };
      assert.deepEqual(slices.resemblances(suspect), whole.resemblances(suspect));
    }
  });

  it('finds every name that is one edit away, as comparing with all of them would', () => {
    const edited = fc.tuple(
      someName,
      fc.nat(),
      fc.constantFrom('delete', 'insert', 'replace', 'swap'),
      letter,
    );
    fc.assert(
      fc.property(edited, fc.array(someName, { maxLength: 20 }), ([name, at, edit, by], others) => {
        const target = squash(canonicalName(name));
        fc.pre(target.length >= 8);
        const i = 1 + (at % (target.length - 2));
        const [head, tail] = [target.slice(0, i), target.slice(i)];
        const suspect = {
          delete: head + tail.slice(1),
          insert: head + by.replace('-', 'q') + tail,
          replace: head + by.replace('-', 'q') + tail.slice(1),
          swap: head + (tail[1] ?? '') + (tail[0] ?? '') + tail.slice(2),
        }[edit];
        fc.pre(suspect !== target);
        assert.ok(slipBetween(suspect, target) !== undefined, `${suspect} ${target}`);
        const hits = used(...others, target).resemblances({ name: suspect });
        assert.ok(hits.length > 0, `${suspect} ${target}`);
      }),
    );
  });

  it('is never about the name itself, and never fails', () => {
    const anyText = fc.oneof(someName, fc.string({ unit: 'binary' }));
    fc.assert(
      fc.property(anyText, fc.array(someName, { maxLength: 9 }), (name, others) => {
        const hits = used(name, ...others).resemblances({ name });
        assert.ok(hits.every(({ crate }) => canonicalName(crate) !== canonicalName(name)));
      }),
    );
  });

  it('grows with the use of what is resembled', () => {
    const weight = { undefined: 0, weak: 1, strong: 2 };
    const uses = fc.integer({ min: 0, max: 1e9 });
    fc.assert(
      fc.property(fc.constantFrom('serd', 'serde-rs', 'serde-api', 'srede'), uses, uses, (name, a, b) => {
        const strength = (n: number) =>
          weight[`${new Namespace([{ name: 'serde', uses: n }]).resemblances({ name })[0]?.strength}`];
        assert.ok(strength(Math.min(a, b)) <= strength(Math.max(a, b)));
      }),
    );
  });

  it('has hashes of shortened texts that are the hashes of those texts', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 20 }), fc.string({ maxLength: 9 }), (text, more) => {
        const told = new Set<number>();
        hashesWithout('near', text, (hash) => told.add(hash));
        const forms = [text, ...[...text.split('').keys()].map((i) => text.slice(0, i) + text.slice(i + 1))];
        assert.deepEqual(told, new Set(forms.map((form) => hashOf('near', form))));
        assert.equal(
          hashOfJoined('near', rawHash(text), rawHash(more), more.length),
          hashOf('near', text + more),
        );
      }),
    );
  });
});

describe('the parts of names', () => {
  const bases: [string, string][] = [
    ['proc-macro2', 'proc-macro'],
    ['foo-v3', 'foo'],
    ['foo-1-0', 'foo'],
    ['base64', 'base'],
    ['serde', 'serde'],
  ];
  for (const [name, base] of bases) it(`the base of ${name}`, () => assert.equal(versionBase(name), base));
  it('words', () => {
    assert.equal(wordsKey('cfg-if'), wordsKey('if-cfg'));
    assert.equal(wordsKey('serde'), undefined);
    assert.equal(wordsKey('constructor-of'), 'constructor-of');
  });
  it('looks', () => assert.equal(skeleton('c1ap'), skeleton('clap')));
  it('edits', () => {
    const cases: [string, string, number][] = [
      ['abc', 'abc', 0],
      ['abc', 'acb', 1],
      ['abc', 'ab', 1],
      ['abc', 'xbcd', 2],
      ['abc', 'xyz', 3],
      ['', 'abc', 3],
    ];
    for (const [a, b, distance] of cases) assert.equal(editDistance(a, b, 2), distance, `${a} ${b}`);
  });
});
