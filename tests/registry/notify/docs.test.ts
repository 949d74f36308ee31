import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { it } from 'node:test';
import { notificationSchema } from '../../../src/registry/notify/payload.ts';
import { loadConfig } from '../../../src/server/config.ts';

const page = readFileSync(new URL('../../../docs/notifications.md', import.meta.url), 'utf8');
const block = (language: string) =>
  new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, 'ms').exec(page)?.[1] ?? '';

it('the configuration in docs/notifications.md loads, with each kind', () => {
  const { notify } = loadConfig({ file: 'server.toml', text: block('toml') });
  assert.deepEqual(
    notify.map(({ kind }) => kind),
    ['webhook', 'slack', 'email'],
  );
});

it('the message in docs/notifications.md is one', () => {
  const shown: unknown = JSON.parse(block('json'));
  assert.deepEqual(notificationSchema.parse(shown), shown);
});
