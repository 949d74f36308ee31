import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { EventSettings, EventSourceName } from '../../../src/registry/events/delivery.ts';
import { eventSources } from '../../../src/registry/events/index.ts';
import { EventSettingsError, resolveSettings } from '../../../src/registry/events/settings.ts';
import { whsec } from './support.ts';

function resolve(name: EventSourceName, section: object, env: Record<string, string> = {}): EventSettings {
  const source = eventSources[name];
  return resolveSettings(source, source.settings.parse(section), env);
}

test('a section becomes settings', () => {
  const table: readonly (readonly [EventSourceName, object, EventSettings])[] = [
    ['kellnr', { upstream: 'k' }, { upstream: 'k', tolerance: 300_000 }],
    ['kellnr', { upstream: 'k', secret: whsec }, { upstream: 'k', secret: whsec, tolerance: 300_000 }],
    [
      'kellnr',
      { upstream: 'k', 'secret-env': 'WHSEC' },
      { upstream: 'k', secret: whsec, tolerance: 300_000 },
    ],
    ['kellnr', { upstream: 'k', tolerance: '1m' }, { upstream: 'k', tolerance: 60_000 }],
    ['cloudsmith', { upstream: 'c', secret: 'x' }, { upstream: 'c', secret: 'x', tolerance: 86_400_000 }],
    ['artifactory', { upstream: 'a', secret: 'x' }, { upstream: 'a', secret: 'x', mode: 'hmac' }],
    [
      'artifactory',
      { upstream: 'a', secret: 'x', mode: 'secret' },
      { upstream: 'a', secret: 'x', mode: 'secret' },
    ],
  ];
  // The newline is what a secret kept in a file ends with.
  for (const [name, section, expected] of table)
    assert.deepEqual(resolve(name, section, { WHSEC: `${whsec}\n` }), expected);
});

test('a section that is wrong', () => {
  const table: readonly (readonly [EventSourceName, object])[] = [
    ['kellnr', {}],
    ['kellnr', { upstream: '' }],
    ['kellnr', { upstream: 'k', secret: '' }],
    ['kellnr', { upstream: 'k', secret: '  ' }],
    ['kellnr', { upstream: 'k', secret: whsec, 'secret-env': 'WHSEC' }],
    ['kellnr', { upstream: 'k', 'secret-env': 'not a name' }],
    ['kellnr', { upstream: 'k', tolerance: 5 }],
    ['kellnr', { upstream: 'k', mode: 'hmac' }],
    ['kellnr', { upstream: 'k', sekret: whsec }],
    ['artifactory', { upstream: 'a', mode: 'none' }],
  ];
  for (const [name, section] of table) {
    assert.ok(!eventSources[name].settings.safeParse(section).success, JSON.stringify(section));
  }
});

test('a secret that is named and not there stops the start', () => {
  for (const env of [{}, { WHSEC: '' }, { WHSEC: ' \n' }] as Record<string, string>[]) {
    assert.throws(
      () => resolve('kellnr', { upstream: 'k', 'secret-env': 'WHSEC' }, env),
      (error) =>
        error instanceof EventSettingsError &&
        error.code === 'events/secret-unset' &&
        /WHSEC/.test(error.message),
    );
  }
});

test('a secret that is no Kellnr secret stops the start, and is not told', () => {
  assert.throws(
    () => resolve('kellnr', { upstream: 'k', secret: 'hunter2' }),
    (error) =>
      error instanceof EventSettingsError &&
      error.code === 'events/secret-unusable' &&
      !/hunter2/.test(error.message),
  );
});
