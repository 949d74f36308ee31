/** How feeds do, as the first page says it: each by its kind, with why it was not read, and no password of its address. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { feedHealth } from '../../src/server/feed-health.ts';

test('each feed by its kind, read or not, and why not', () => {
  const read = { feed: { provenance: { source: '/srv/db', readAt: '2026-08-01T00:00:00Z' }, problems: [] } };
  const feeds = {
    names: () => ({
      advisories: ['/srv/db', 'https://user:hush@git.example/db.git'],
      audits: [],
      proofs: ['/srv/proofs'],
      exploited: ['exploited: /srv/kev.json'],
    }),
    states: () => ({
      advisories: [
        { ...read, alarm: undefined },
        { feed: undefined, alarm: 'it is out of reach' },
      ],
      audits: [],
      proofs: [],
      exploited: [{ feed: undefined, alarm: '/srv/kev.json is not JSON' }],
    }),
  };
  assert.deepEqual(feedHealth(feeds), [
    { kind: 'advisories', name: '/srv/db', readAt: '2026-08-01T00:00:00Z', alarm: null },
    { kind: 'advisories', name: 'https://git.example/db.git', readAt: null, alarm: 'it is out of reach' },
    { kind: 'proofs', name: '/srv/proofs', readAt: null, alarm: null },
    {
      kind: 'exploited',
      name: 'exploited: /srv/kev.json',
      readAt: null,
      alarm: '/srv/kev.json is not JSON',
    },
  ]);
});
