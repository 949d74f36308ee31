import type { GateFinding, GateVerdict } from '../../src/gate/change.ts';
import { inOrder } from '../../src/gate/order.ts';

const source = 'registry+https://github.com/rust-lang/crates.io-index';
export const about = {
  file: 'Cargo.lock',
  comparedWith: 'origin/main (0123456789ab, where this branch left it)',
};
export const command = 'cargo update arrayref@0.3.10 --precise 0.3.9';

export const finding = (more: Partial<GateFinding>): GateFinding => ({
  rule: 'age',
  effect: 'hold',
  crate: 'arrayref',
  version: '0.3.10',
  message: 'A new release waits 3 days from its publication.',
  evidence: { file: 'Cargo.lock', line: 13, column: 1 },
  next: command,
  until: '2026-08-23T07:11:00.000Z',
  ...more,
});

const { until: _, ...timeless } = finding({});

export const verdict: GateVerdict = inOrder({
  verdict: 'deny',
  policy: 'ab'.repeat(32),
  changes: [
    {
      kind: 'upgraded',
      crate: 'arrayref',
      from: '0.3.9',
      to: '0.3.10',
      fromSource: source,
      toSource: source,
      checksum: 'c'.repeat(64),
      why: ['app → arrayref', 'app → blake3 → arrayref'],
      findings: [finding({})],
      span: { file: 'Cargo.lock', line: 13 },
    },
    {
      kind: 'added',
      crate: 'proc-macro1',
      to: '1.0.107',
      toSource: source,
      checksum: 'd'.repeat(64),
      why: ['app → arrayref → proc-macro1'],
      findings: [
        {
          ...timeless,
          rule: 'malicious',
          effect: 'deny',
          crate: 'proc-macro1',
          version: '1.0.107',
          message: 'It is malicious: it sends what it finds elsewhere.',
          evidence: { file: 'Cargo.lock', line: 40, column: 1, advisory: 'RUSTSEC-2026-0001' },
        },
      ],
      span: { file: 'Cargo.lock', line: 40 },
    },
    {
      kind: 'added',
      crate: 'word',
      to: '2.0.0',
      toSource: source,
      duplicates: ['1.0.0'],
      why: ['app → word'],
      findings: [
        {
          ...timeless,
          rule: 'license',
          effect: 'review',
          crate: 'word',
          version: '2.0.0',
          message: 'Its licence is not allowed.',
          next: 'Ask.',
          waived: { by: 'legal', reason: 'bought', expires: '2026-10-01' },
        },
      ],
    },
    { kind: 'removed', crate: 'old', from: '0.1.0', fromSource: source, why: ['app → old'], findings: [] },
  ],
  debt: [
    {
      ...timeless,
      rule: 'unmaintained',
      effect: 'warn',
      crate: 'tired',
      version: '1.0.0',
      message: 'Nobody maintains it.',
      next: 'Use another.',
    },
  ],
  commands: [command],
});
