import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { type AuditKey, chained, headOf } from '../../src/audit/chain.ts';
import { AuditCheck, type AuditReport } from '../../src/audit/check.ts';
import { type AuditEntry, type AuditEvent, type AuditHead, auditActions } from '../../src/audit/entry.ts';
import { auditKey } from '../../src/server/audit/key.ts';

const own = newKey('ed25519');
const thief = newKey('ed25519');

function newKey(kind: 'ed25519' | 'p256'): AuditKey {
  const { privateKey } =
    kind === 'ed25519' ? generateKeyPairSync('ed25519') : generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return auditKey(privateKey.export({ type: 'pkcs8', format: 'pem' }).toString());
}

const event = (fields: Partial<AuditEvent> = {}): AuditEvent => ({
  at: 1_000,
  actor: 'anna',
  role: 'reviewer',
  address: '10.0.0.7',
  action: 'release.approved',
  subject: 'crates.io word@1.1.0',
  before: { state: 'review' },
  after: { state: 'promoted', reason: 'read it' },
  ...fields,
});

function log(events: readonly AuditEvent[], key = own): AuditEntry[] {
  const entries: AuditEntry[] = [];
  for (const one of events) {
    const last = entries.at(-1);
    entries.push(chained(one, last && headOf(last), key));
  }
  return entries;
}

const ten = log(Array.from({ length: 10 }, (_, at) => event({ at, subject: `crates.io word@1.${at}.0` })));
const headAt = (seq: number, of = ten): AuditHead => headOf(of[seq - 1] as AuditEntry);

function check(
  entries: readonly AuditEntry[],
  {
    keys = [own.id],
    anchors = [],
    head = entries.length === 0 ? null : headOf(entries.at(-1) as AuditEntry),
  }: {
    keys?: string[];
    anchors?: AuditHead[];
    head?: AuditHead | null;
  } = {},
): AuditReport {
  const checked = new AuditCheck(keys, anchors);
  for (const entry of entries) checked.add(entry);
  return checked.end(head);
}

const kinds = ({ faults }: AuditReport) => faults.map(({ kind, seq }) => `${kind} ${seq}`);

/** Base64 of other bytes: one bit of one of them differs. */
function flipped(base64: string, at: number): string {
  const bytes = Buffer.from(base64, 'base64');
  bytes[at] = (bytes[at] ?? 0) ^ 1;
  return bytes.toString('base64');
}

describe('an audit log', () => {
  it('that nobody touched has no fault, and says how much of it is kept elsewhere', () => {
    assert.deepEqual(kinds(check([])), []);
    const { faults, entries, anchored } = check(ten, { anchors: [headAt(4), headAt(7)] });
    assert.deepEqual([faults, entries, anchored], [[], 10, 7]);
    assert.equal(check(ten).anchored, 0);
    assert.deepEqual(kinds(check(log([event()], newKey('p256')), { keys: [] })), []);
  });

  it('in which one bit differs is found out, whichever it is', () => {
    const fields = [
      'at',
      'actor',
      'role',
      'address',
      'action',
      'subject',
      'before',
      'after',
      'hash',
      'signature',
    ] as const;
    fc.assert(
      fc.property(fc.nat(9), fc.constantFrom(...fields), fc.nat(), (at, field, salt) => {
        const entry = ten[at] as AuditEntry;
        const other: Record<(typeof fields)[number], unknown> = {
          at: entry.at + 1 + (salt % 5),
          actor: `${entry.actor} `,
          role: salt % 2 === 0 ? null : 'admin',
          address: null,
          action: auditActions.find((action) => action !== entry.action),
          subject: entry.subject.replace('1', '2'),
          before: salt % 2 === 0 ? null : { state: 'Review' },
          after: { ...entry.after, reason: 'read  it' },
          hash: entry.hash.replace(/.$/, (last) => (last === '0' ? '1' : '0')),
          signature: flipped(entry.signature, salt % 64),
        };
        const edited = ten.with(at, { ...entry, [field]: other[field] });
        const { faults } = check(edited, { head: headAt(10) });
        assert.ok(
          faults.some(({ seq }) => seq === at + 1 || seq === at + 2),
          JSON.stringify(faults),
        );
      }),
    );
  });

  const without = (...gone: number[]) => ten.filter(({ seq }) => !gone.includes(seq));
  const rewritten = (key: AuditKey) =>
    log(
      ten.map((entry) => ({ ...entry, actor: 'nobody' })),
      key,
    );
  const cases: Readonly<Record<string, [AuditReport, string[]]>> = {
    'lacks an entry inside': [check(without(5)), ['missing 5']],
    'lacks its first entry': [check(without(1)), ['missing 1']],
    'has two entries the other way round': [
      check([...ten.slice(0, 3), ten[4], ten[3], ...ten.slice(5)] as AuditEntry[]),
      ['missing 4', 'missing 6', 'missing 5'],
    ],
    'has an entry twice': [check([...ten.slice(0, 3), ...ten.slice(2)] as AuditEntry[]), ['missing 4']],
    'lacks its last three, by its own head': [
      check(ten.slice(0, 7), { head: headAt(10) }),
      ['ended-early 8'],
    ],
    'lacks its last three and its head was set back, by a head kept elsewhere': [
      check(ten.slice(0, 7), { anchors: [headAt(10)] }),
      ['ended-early 8'],
    ],
    'is gone whole': [check([], { anchors: [headAt(10)] }), ['ended-early 1']],
    'has no head': [check(ten, { head: null }), ['rewritten 10']],
    'has another head': [check(ten, { head: { ...headAt(10), hash: 'f'.repeat(64) } }), ['rewritten 10']],
    'was written anew with the key, by a head kept elsewhere': [
      check(rewritten(own), { anchors: [headAt(6)] }),
      ['rewritten 6'],
    ],
    'is an older backup, by a head kept elsewhere': [
      check(ten.slice(0, 4), { anchors: [headAt(4), headAt(9)] }),
      ['ended-early 5'],
    ],
  };
  for (const [what, [report, expected]] of Object.entries(cases))
    it(`that ${what} is found out`, () => assert.deepEqual(kinds(report), expected));

  it('that was written and chained anew without the key is found out, with the key that it names instead', () => {
    const report = check(rewritten(thief), { head: headOf(rewritten(thief).at(-1) as AuditEntry) });
    assert.equal(report.faults[0]?.kind, 'signature');
    assert.deepEqual(report.strangers, [thief.id]);
  });

  it('is proved by no head that another key signed, and by no entry after a fault', () => {
    const forged = headOf(rewritten(thief).at(5) as AuditEntry);
    assert.equal(check(ten, { anchors: [forged, headAt(3)] }).anchored, 3);
    assert.equal(
      check(ten.with(1, { ...ten[1], actor: 'x' } as AuditEntry), { anchors: [headAt(8)] }).anchored,
      1,
    );
  });
});
