/** The orders of versions of Linux distributions; tests/real/version-orders.test.ts holds them against their tools. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { apkOrder } from '../../../src/distribution/version-order/apk.ts';
import { dpkgOrder } from '../../../src/distribution/version-order/dpkg.ts';
import type { VersionOrder } from '../../../src/distribution/version-order/order.ts';
import { rpmOrder } from '../../../src/distribution/version-order/rpm.ts';
import { type Kind, versions } from './generated.ts';

const orders: Readonly<Record<Kind, VersionOrder>> = { deb: dpkgOrder, rpm: rpmOrder, apk: apkOrder };

/** Ascending; what stands in one place is the same. */
const ladders: Readonly<Record<Kind, readonly (readonly string[])[]>> = {
  deb: [
    ['1.0~~', '1.0~~a', '1.0~', '1.0 1.0-0 0:1.0 01.00-0', '1.0a', '1.0b', '1.0+', '1.0.', '1.1', '1:0'],
    ['3.0.9-1', '3.0.11-1~deb12u1', '3.0.11-1~deb12u2', '3.0.11-1', '3.0.11-1+b1'],
    ['1-2', '1-2-1', '1-10-1'],
    ['2.0-rc-1', '2.0.1-1'],
    ['1.9999999999999999999', '1.10000000000000000000'],
  ],
  rpm: [
    [
      '1.0~rc1',
      '1.0~rc2',
      '1.0 0:1.0',
      '1.0-1',
      '1.0^',
      '1.0^20260101',
      '1.0^20260102',
      '1.0a',
      '1.0.1',
      '1:0.1',
    ],
    ['1.0-1.el9 1.0-01.el9 1.0-1_el9', '1.0-1.el9_4', '1.0-2.el9', '1.0-10.el9'],
    ['1.a', '1.b', '1.0 1..0 1_0 1.00', '1.1'],
    ['1.0^~', '1.0^', '1.0^^', '1.0^a', '1.0^1'],
    ['1.0~~', '1.0~', '1.0~^', '1.0~a'],
  ],
  apk: [
    ['1.0_alpha', '1.0_alpha1', '1.0_beta', '1.0_pre', '1.0_rc1', '1.0', '1.0-r0', '1.0-r1', '1.0-r10'],
    [
      '1.0-r5',
      '1.0_cvs',
      '1.0_svn',
      '1.0_git20260101',
      '1.0_hg',
      '1.0_p',
      '1.0_p1',
      '1.0a',
      '1.0.0',
      '1.0.1',
    ],
    ['1.01', '1.1', '1.9', '1.10'],
    ['8.2.0015', '8.2.002'],
    ['1 01', '2', '10'],
    ['1.0', '1.0~1f', '1.0~2a', '1.0_p1'],
    ['1.0_p1_alpha', '1.0_p1', '1.0_p1_p1'],
  ],
};

const refused: Readonly<Record<Kind, readonly string[]>> = {
  deb: ['', '1 0', 'a:1', '1:', '1-', ':1', '-1', '1:-1', '1_0', '1.0-1:2', '1,0', '9999999999:1', '1.0\n'],
  rpm: ['', '1 0', '1:', '1-', 'a:1', '-1', '1/2', '1.0-1-1', '1.0\n'],
  apk: [
    '',
    'a',
    '1.',
    '1..0',
    '1.0ab',
    '1.0_foo',
    '1.0-1',
    '1.0-r',
    '1.0a1',
    '1.0~',
    '1.0-r1_p1',
    '1:1.0',
    '1.0\n',
  ],
};

for (const [kind, order] of Object.entries(orders) as [Kind, VersionOrder][])
  describe(`the order of ${kind}`, () => {
    for (const ladder of ladders[kind])
      it(ladder.join(' < '), () => {
        const places = ladder.flatMap((texts, place) => texts.split(' ').map((text) => ({ text, place })));
        for (const a of places)
          for (const b of places) {
            assert.ok(order.isVersion(a.text), a.text);
            assert.equal(
              Math.sign(order.compare(a.text, b.text)),
              Math.sign(a.place - b.place),
              `${a.text} ${b.text}`,
            );
          }
      });

    it('reads nothing that its tool does not', () => {
      for (const text of refused[kind]) assert.equal(order.isVersion(text), false, JSON.stringify(text));
    });

    it('is total', () => {
      const one = versions[kind];
      fc.assert(
        fc.property(one, one, one, (a, b, c) => {
          for (const text of [a, b, c]) assert.ok(order.isVersion(text), text);
          const [ab, ba] = [order.compare(a, b), order.compare(b, a)];
          assert.equal(Math.sign(ab), -Math.sign(ba) + 0);
          assert.equal(order.compare(a, a), 0);
          const [x, y, z] = [a, b, c].sort(order.compare) as [string, string, string];
          assert.ok(
            order.compare(x, y) <= 0 && order.compare(y, z) <= 0 && order.compare(x, z) <= 0,
            `${x} ${y} ${z}`,
          );
          if (order.compare(x, y) === 0)
            assert.equal(Math.sign(order.compare(x, z)), Math.sign(order.compare(y, z)));
        }),
        { numRuns: 2000, seed: 20261129 },
      );
    });

    it('takes long texts in little time', () => {
      for (const text of [`1${'-1'.repeat(200_000)}`, '1'.repeat(200_000), `1${'~'.repeat(200_000)}`])
        if (order.isVersion(text)) assert.equal(order.compare(text, text), 0);
    });
  });
