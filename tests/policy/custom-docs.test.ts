import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { known, unknown } from '../../src/facts/fact.ts';
import { yanksFact } from '../../src/facts/yanks.ts';
import { evaluateCustomRule } from '../../src/policy/custom.ts';
import { overloads } from '../../src/policy/expression/functions.ts';
import { loadPolicy } from '../../src/policy/policy.ts';
import type { EngineInput } from '../../src/policy/rule.ts';
import { archive } from '../samples/archive.ts';
import { factsOf, subject } from '../samples/facts.ts';

const now = Date.parse('2026-08-30T00:00:00Z');
const day = 86_400_000;

const load = (text: string) => loadPolicy({ file: 'safeguard.toml', text });

function finds(text: string, input: Partial<EngineInput>): boolean {
  const whole = { context: 'release' as const, subject, facts: factsOf(), now, ...input };
  return load(text).custom.some((rule) => evaluateCustomRule(rule, whole).length > 0);
}

describe('docs/policy.md', () => {
  const page = readFileSync(join(import.meta.dirname, '../../docs/policy.md'), 'utf8');
  const section = page.split('\n## ').find((part) => part.startsWith('Rules of your own')) ?? '';
  const examples = [...section.matchAll(/```toml\n([\s\S]*?)```/g)].map((match) => match[1] ?? '');

  const release = (crate: string, version: string) => ({ subject: { ...subject, crate, version } });
  const yanks = (count: number) =>
    factsOf({
      yanks: yanksFact(
        {
          appearedAt: 0,
          seen: Array.from({ length: count }, (_, i) => ({ version: '1.0.0', at: now - i * day })),
        },
        0,
      ),
    });
  const large = factsOf({
    archive: known({ ...archive(subject.checksum), unpackedSize: 30_000_000 }, 'archive', now),
  });
  const cases: [id: string, what: string, input: Partial<EngineInput>, found: boolean][] = [
    ['no-young-sys-crates', 'a young one', release('zlib-sys', '1.0.0'), true],
    ['no-young-sys-crates', 'an old one', { ...release('zlib-sys', '1.0.0'), now: now + 60 * day }, false],
    ['no-young-sys-crates', 'another crate', {}, false],
    ['no-young-sys-crates', 'one of unknown age', { ...release('zlib-sys', '1.0.0'), facts: {} }, false],
    ['large-release', 'a large one', { facts: large }, true],
    ['large-release', 'a small one', {}, false],
    ['large-release', 'before it is fetched', { context: 'index', facts: {} }, false],
    [
      'large-release',
      'that could not be fetched',
      { facts: factsOf({ archive: unknown('down', 'archive', now) }) },
      true,
    ],
    ['house-versions', 'an old openssl', release('openssl', '0.10.71'), true],
    ['house-versions', 'a new openssl', release('openssl', '0.10.72'), false],
    ['house-versions', 'an old hyper', release('hyper', '0.14.30'), true],
    ['house-versions', 'a new hyper', release('hyper', '1.6.0'), false],
    ['restless-crate', 'five yanks', { facts: yanks(5) }, true],
    ['restless-crate', 'four yanks', { facts: yanks(4) }, false],
  ];
  for (const [id, what, input, found] of cases) {
    it(`${id}: ${what}`, () => {
      const text = examples.find((example) => example.includes(`id = "${id}"`)) ?? '';
      assert.equal(finds(text, input), found);
    });
  }

  it('shows each of its examples here', () => {
    const shown = examples.map((example) => /id = "(.*)"/.exec(example)?.[1]);
    assert.deepEqual(new Set(shown), new Set(cases.map(([id]) => id)));
    assert.equal(load(examples.join('\n')).custom.length, examples.length);
  });

  it('names every function', () => {
    for (const name of overloads.keys()) assert.ok(section.includes(name), name);
  });
});
