/** What a server says it goes by: every value with where it is from, and no secret among it. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { allSettings } from '../../../src/server/settings/described.ts';
import { effectiveSettings } from '../../../src/server/settings/effective.ts';

const text = `public-url = "https://crates.example"
[limits]
late = "5m"
[[upstream]]
name = "corp"
index = "sparse+https://user:hush-1@git.example/index/?key=hush-2"
token-command = ["vault", "read", "hush-3"]
[[upstream]]
name = "other"
index = "https://other.example/"
token-env = "OTHER_TOKEN"
[[notify]]
kind = "webhook"
name = "chat"
url = "https://chat.example/hooks/hush-4"
secret-env = "CHAT"
[events.cloudsmith]
upstream = "corp"
secret = "hush-10"
[audit]
anchor-url = "https://anchors.example/hush-5"
[audits.imports.mozilla]
url = "/srv/mozilla.toml"
`;

test('each with its origin, tables of several one by one, and no secret', () => {
  const settings = effectiveSettings({
    flags: {
      listen: '0.0.0.0:1',
      watch: false,
      data: './safeguard-data',
      database: 'postgres://safeguard:hu/sh@6@db/safeguard?password=hush-7',
    },
    env: {
      OTEL_EXPORTER_OTLP_HEADERS: 'authorization=hush-11',
      OTEL_EXPORTER_OTLP_TRACES_HEADERS: 'hush-12',
      OTEL_EXPORTER_OTLP_ENDPOINT: 'http://u:hush-13@collector.example:4318',
      SAFEGUARD_UPSTREAM_TOKEN: 'hush-8',
      OTHER_TOKEN: 'hush-9',
      SAFEGUARD_ADVISORY_DB: 'none',
    },
    file: { file: '/etc/server.toml', text },
  });
  const said = (name: string) => {
    const found = settings.find((one) => one.name === name);
    return found && [found.value, found.origin, found.place, found.isHidden];
  };
  assert.deepEqual(said('--listen'), ['0.0.0.0:1', 'flag', '--listen', false]);
  assert.deepEqual(said('--no-watch'), [true, 'flag', '--no-watch', false]);
  assert.deepEqual(said('--insecure'), [false, 'default', null, false]);
  assert.deepEqual(said('--data'), ['./safeguard-data', 'default', null, false]);
  assert.deepEqual(said('--database'), ['postgres://db/safeguard', 'flag', '--database', false]);
  assert.deepEqual(said('SAFEGUARD_ADVISORY_DB'), ['none', 'environment', null, false]);
  assert.deepEqual(said('SAFEGUARD_UPSTREAM_TOKEN'), [null, 'environment', null, true]);
  assert.deepEqual(said('OTEL_EXPORTER_OTLP_HEADERS')?.[3], true);
  assert.deepEqual(said('OTEL_EXPORTER_OTLP_ENDPOINT')?.[0], 'http://collector.example:4318');
  assert.deepEqual(said('limits.late'), ['5m', 'file', '/etc/server.toml:3', false]);
  assert.deepEqual(said('limits.unfollowed'), ['15s', 'default', null, false]);
  assert.deepEqual(said('upstream[0].index')?.slice(0, 3), [
    'sparse+https://git.example/index/',
    'file',
    '/etc/server.toml:6',
  ]);
  assert.deepEqual(said('upstream[0].token-command')?.[3], true);
  assert.deepEqual(said('upstream[1].token-env')?.[0], 'OTHER_TOKEN');
  assert.deepEqual(said('notify[0].url')?.[0], null);
  assert.deepEqual(said('events.cloudsmith.secret'), [null, 'file', '/etc/server.toml:19', true]);
  assert.deepEqual(said('notify[0].kind')?.[0], 'webhook');
  assert.deepEqual(said('audit.anchor-url')?.[3], true);
  assert.deepEqual(said('audits.imports.mozilla.url')?.[0], '/srv/mozilla.toml');
  assert.doesNotMatch(JSON.stringify(settings), /hush|hu\/sh|sh@6/);
});

test('all of them, each once and described, also where no file is', () => {
  const none = effectiveSettings({ flags: {}, env: {}, file: undefined });
  assert.deepEqual(
    none.map(({ name }) => name),
    allSettings().map(({ name }) => name),
  );
  assert.deepEqual([...new Set(none.map(({ origin }) => origin))], ['default']);
  const names = none.map(({ name }) => name);
  assert.deepEqual([...new Set(names)], names);
  for (const { name, description, isSecret } of allSettings()) {
    assert.notEqual(description, '', name);
    // What is new and looks like one is shown to nobody until somebody says that it is none.
    if (/secret|password|token|credential|headers/i.test(name) && !/-(?:env|file)$|_TOKEN$/.test(name))
      assert.ok(isSecret, name);
  }
  assert.ok(
    names.includes('notify[].url') && names.includes('ci[].allow') && names.includes('oidc.roles.admin'),
  );
});

test('every variable that the server reads by its name is among them', () => {
  const src = join(import.meta.dirname, '..', '..', '..', 'src');
  const known = new Set(allSettings().map(({ name }) => name));
  // Those of the command line, which the server only speaks of.
  const ofClients = new Set(['SAFEGUARD_TOKEN', 'SAFEGUARD_SERVER']);
  const found = ['server', 'store', 'registry'].flatMap((folder) =>
    readdirSync(join(src, folder), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts'))
      .flatMap((file) => readFileSync(join(src, folder, file), 'utf8').match(named) ?? []),
  );
  assert.ok(found.includes('AWS_SECRET_ACCESS_KEY') && found.includes('SAFEGUARD_UPSTREAM_TOKEN'));
  assert.deepEqual(
    [...new Set(found)].filter((name) => !known.has(name) && !ofClients.has(name)),
    [],
  );
});

const named = /\b(?:SAFEGUARD|AWS|OTEL|PG)_[A-Z][A-Z_]+[A-Z]\b/g;
