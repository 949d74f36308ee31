import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { parse } from 'smol-toml';
import type { Received } from '../../../src/registry/events/delivery.ts';
import { eventSources } from '../../../src/registry/events/index.ts';
import { settings, told, whsec } from './support.ts';

const text = await readFile(new URL('../../../docs/events.md', import.meta.url), 'utf8');

function blocks(language: string): readonly string[] {
  return [...text.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, 'gms'))].map(
    ([, block]) => block ?? '',
  );
}

test('the configuration in docs/events.md is valid', () => {
  const [toml] = blocks('toml');
  const { events } = parse(toml ?? '');
  assert.deepEqual(Object.keys(events ?? {}), Object.keys(eventSources));
  for (const [name, section] of Object.entries(events ?? {})) {
    const source = Object.values(eventSources).find((each) => each.name === name);
    assert.ok(source?.settings.safeParse(section).success, name);
  }
});

/** Answers as the server does; keeps what was received. */
async function listen(secret: (name: string) => string) {
  const received: Received[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const source = Object.values(eventSources).find(({ name }) => request.url === `/events/${name}`);
    assert.ok(source);
    const given = settings({ secret: secret(source.name) });
    // The commands sign with the shell's clock, so this one is real too.
    const result = source.receive(request.headers, Buffer.concat(chunks), given, Date.now());
    received.push(result);
    response.writeHead(result.kind === 'accepted' ? 202 : result.status).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { received, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, server };
}

const commands = blocks('sh').map((block) => [/^# (.*)/.exec(block)?.[1] ?? '', block] as const);
const variables = {
  KELLNR_WEBHOOK_SECRET: whsec,
  CLOUDSMITH_WEBHOOK_SECRET: 'a signature key',
  ARTIFACTORY_WEBHOOK_SECRET: 'tell no one',
};

test('the test events in docs/events.md are believed, and only with the right secret', async () => {
  assert.equal(commands.length, 3);
  const { received, url, server } = await listen((name) => {
    return Object.entries(variables).find(([key]) => key.startsWith(name.toUpperCase()))?.[1] ?? '';
  });
  try {
    const run = async (block: string, secrets: object) => {
      const env = { ...process.env, no_proxy: '*', SAFEGUARD_URL: url, ...secrets };
      return (await promisify(execFile)('sh', ['-eu', '-c', block], { env })).stdout.trim();
    };
    const wrong = {
      KELLNR_WEBHOOK_SECRET: `whsec_${Buffer.from('wrong').toString('base64')}`,
      CLOUDSMITH_WEBHOOK_SECRET: 'wrong',
      ARTIFACTORY_WEBHOOK_SECRET: 'wrong',
    };
    for (const [name, block] of commands) {
      assert.equal(await run(block, variables), '202', name);
      assert.equal(await run(block, wrong), '401', name);
    }
    const believed = received.filter(({ kind }) => kind === 'accepted').map(told);
    assert.deepEqual(believed, Array(3).fill(['serde_json 1.0.140 published']));
  } finally {
    server.close();
  }
});
