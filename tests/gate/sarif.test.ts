import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { z } from 'zod';
import { sarifOf } from '../../src/gate/report/sarif.ts';
import { finding, verdict } from '../samples/gate-verdict.ts';

/** The parts of SARIF 2.1.0 that are written (OASIS, sections 3.13 to 3.28), strictly. */
const text = z.strictObject({ text: z.string().min(1) });
const sarif = z.strictObject({
  $schema: z.url(),
  version: z.literal('2.1.0'),
  runs: z.array(
    z.strictObject({
      tool: z.strictObject({
        driver: z.strictObject({
          name: z.string(),
          version: z.string(),
          rules: z.array(
            z.strictObject({
              id: z.string(),
              shortDescription: text.optional(),
              fullDescription: text.optional(),
            }),
          ),
        }),
      }),
      columnKind: z.enum(['utf16CodeUnits', 'unicodeCodePoints']),
      results: z.array(
        z.strictObject({
          ruleId: z.string(),
          ruleIndex: z.int().min(0),
          level: z.enum(['none', 'note', 'warning', 'error']),
          baselineState: z.enum(['new', 'unchanged', 'updated', 'absent']).optional(),
          message: text,
          locations: z
            .array(
              z.strictObject({
                physicalLocation: z.strictObject({
                  artifactLocation: z.strictObject({ uri: z.string().regex(/^[\w%./~-]+$/) }),
                  region: z
                    .strictObject({ startLine: z.int().min(1), startColumn: z.int().min(1).optional() })
                    .optional(),
                }),
              }),
            )
            .optional(),
          partialFingerprints: z.record(z.string(), z.string()),
          suppressions: z
            .array(z.strictObject({ kind: z.enum(['inSource', 'external']), justification: z.string() }))
            .optional(),
          properties: z.record(z.string(), z.unknown()),
        }),
      ),
      properties: z.record(z.string(), z.unknown()),
    }),
  ),
});

describe('the SARIF report', () => {
  const log = sarif.parse(JSON.parse(JSON.stringify(sarifOf(verdict, '0.1.0', true))));
  const [run] = log.runs;

  it('names each finding by its rule, its place and whether it is new', () => {
    assert.deepEqual(
      run?.results.map(({ ruleId, ruleIndex, level, baselineState, locations, suppressions }) => [
        ruleId,
        run.tool.driver.rules[ruleIndex]?.id,
        level,
        baselineState,
        locations?.[0]?.physicalLocation.region?.startLine,
        suppressions?.[0]?.justification,
      ]),
      [
        ['malicious', 'malicious', 'error', 'new', 40, undefined],
        ['age', 'age', 'error', 'new', 13, undefined],
        ['license', 'license', 'warning', 'new', 13, '[waived by legal until 2026-10-01: bought]'],
        ['unmaintained', 'unmaintained', 'note', 'unchanged', 13, undefined],
      ],
    );
    assert.match(run?.tool.driver.rules[0]?.shortDescription?.text ?? '', /\.$/);
  });

  it('keeps a finding’s fingerprint when its line moves', () => {
    const at = (line: number) => {
      const moved = { ...verdict, debt: [finding({ evidence: { file: 'Cargo.lock', line } })], changes: [] };
      return sarif.parse(sarifOf(moved, '0.1.0', false)).runs[0]?.results[0]?.partialFingerprints;
    };
    assert.deepEqual(at(1), at(99));
  });

  it('writes paths as URIs', () => {
    const odd = {
      ...verdict,
      changes: [],
      debt: [finding({ evidence: { file: 'a b/ü#/Cargo.lock', line: 1 } })],
    };
    const [result] = sarif.parse(sarifOf(odd, '0.1.0', false)).runs[0]?.results ?? [];
    assert.equal(result?.locations?.[0]?.physicalLocation.artifactLocation.uri, 'a%20b/%C3%BC%23/Cargo.lock');
    assert.equal(result?.baselineState, undefined);
  });
});
