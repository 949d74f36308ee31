import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type AddressClass, addressClass } from '../../../src/facts/outgoing/address.ts';

const classes: readonly (readonly [kind: AddressClass | undefined, ...texts: string[]])[] = [
  [
    'loopback',
    '127.0.0.1',
    '127.255.255.255',
    '0.0.0.0',
    '0.1.2.3',
    '::1',
    '::',
    '[::1]',
    '::ffff:127.0.0.1',
  ],
  ['loopback', '::ffff:7f00:1', '::ffff:0.0.0.0', '64:ff9b::7f00:1', '2002:7f00:1::', '::ffff:0:127.0.0.1'],
  ['link-local', '169.254.169.254', 'fe80::1', 'fe80::1%eth0', 'febf::', '::ffff:169.254.169.254'],
  ['private', '10.0.0.1', '10.255.255.255', '172.16.0.0', '172.31.255.255', '192.168.1.1'],
  [
    'private',
    '100.64.0.0',
    '100.127.255.255',
    'fc00::',
    'fdff::1',
    'fec0::1',
    '::ffff:10.0.0.1',
    '2002:a00:1::',
  ],
  [
    'reserved',
    '192.0.0.1',
    '192.0.2.7',
    '198.18.0.1',
    '198.51.100.1',
    '203.0.113.9',
    '224.0.0.1',
    '240.0.0.1',
  ],
  [
    'reserved',
    '255.255.255.255',
    '2001:db8::1',
    '2001::1',
    '3fff::1',
    'ff02::1',
    '::2',
    '64:ff9b:1::1',
    '4000::',
  ],
  [
    'public',
    '1.1.1.1',
    '9.9.9.9',
    '11.0.0.0',
    '172.15.255.255',
    '172.32.0.0',
    '100.63.255.255',
    '100.128.0.0',
  ],
  [
    'public',
    '169.253.255.255',
    '126.255.255.255',
    '128.0.0.0',
    '192.167.255.255',
    '192.169.0.0',
    '223.255.255.255',
  ],
  [
    'public',
    '2606:4700::1',
    '2a00::1',
    '2001:200::1',
    '::ffff:1.1.1.1',
    '64:ff9b::101:101',
    '[2606:4700::1]',
  ],
  [undefined, 'localhost', 'example.invalid', '', '127.1', '2130706433', '0x7f.0.0.1', '1.2.3', '::g'],
];

describe('the class of an address', () => {
  for (const [kind, ...texts] of classes) {
    for (const text of texts)
      test(`${text || '(nothing)'} is ${kind ?? 'none'}`, () => assert.equal(addressClass(text), kind));
  }

  // An attacker's other ways to write 127.0.0.1: a URL has but one.
  for (const host of [
    '127.1',
    '2130706433',
    '0x7f000001',
    '0177.0.0.1',
    '127.0.0.1.',
    '①②⑦.0.0.1',
    '[::ffff:127.0.0.1]',
  ])
    test(`${host} in a URL is loopback`, () =>
      assert.equal(addressClass(new URL(`http://${host}/`).hostname.replace(/\.$/, '')), 'loopback'));
});
