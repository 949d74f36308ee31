/** What is deployed with: that it names what there is. Programs of others judge it in tests/real/deploy.test.ts. */
import assert from 'node:assert/strict';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { it } from 'node:test';
import { parse as parseToml } from 'smol-toml';
import { parse } from 'yaml';
import { safeguard } from '../cli/support.ts';
import { stage } from '../support/stage.ts';

const root = join(import.meta.dirname, '../..');
const deploy = join(root, 'deploy');
const textOf = (path: string) => readFileSync(join(deploy, path), 'utf8');

it('the dashboard and the alerts ask for metrics that the server has, with their labels', async (t) => {
  const { mirror } = await stage(t);
  await mirror.call('/healthz');
  const metrics = await (await mirror.call('/metrics')).text();
  const have = new Set([...metrics.matchAll(/^# TYPE (\w+) /gm)].map(([, name]) => name));
  const asked = [textOf('grafana/safeguard.json'), textOf('prometheus/alerts.yml')].flatMap((text) => [
    ...new Set([...text.matchAll(/\b(?:safeguard|process|nodejs)_\w+/g)].map(([name]) => name)),
  ]);
  assert.ok(asked.length > 10);
  assert.deepEqual(
    asked.filter((name) => !have.has(name)),
    [],
  );
  // Every state that the dashboard picks is one that there is.
  for (const [, name, state] of textOf('grafana/safeguard.json').matchAll(
    /(safeguard_\w+)\{[^}]*state=\\"(\w+)\\"/g,
  ))
    assert.match(metrics, new RegExp(`^${name}\\{state="${state}"\\}`, 'm'), `${name} ${state}`);
});

it('the dashboard puts no panel on another, and each has a question', () => {
  const { panels } = JSON.parse(textOf('grafana/safeguard.json')) as {
    panels: { id: number; gridPos: Record<'x' | 'y' | 'w' | 'h', number>; targets: { expr: string }[] }[];
  };
  const cells = panels.flatMap(({ gridPos: { x, y, w, h } }) =>
    Array.from({ length: w * h }, (_, i) => `${x + (i % w)},${y + Math.floor(i / w)}`),
  );
  assert.equal(new Set(cells).size, cells.length);
  assert.equal(new Set(panels.map(({ id }) => id)).size, panels.length);
  for (const { targets } of panels) assert.ok(targets.every(({ expr }) => expr !== ''));
});

/** The arguments that each way of running it gives to `serve`. */
function* calls(): Generator<readonly [file: string, args: readonly string[]]> {
  yield [
    'container/Containerfile',
    JSON.parse(/^CMD (\[.*\])$/m.exec(textOf('container/Containerfile'))?.[1] ?? '[]') as string[],
  ];
  yield ['compose/compose.yaml', parse(textOf('compose/compose.yaml')).services.safeguard.command];
  const unit = /^ExecStart=\/usr\/bin\/env safeguard (.*)$/m.exec(textOf('systemd/safeguard.service'))?.[1];
  yield ['systemd/safeguard.service', unit?.split(' ') ?? []];
  const args =
    /\n {10}args:\n((?: {12}.*\n)+)/.exec(textOf('helm/safeguard/templates/statefulset.yaml'))?.[1] ?? '';
  yield [
    'helm/safeguard/templates/statefulset.yaml',
    [...args.matchAll(/^ *- (?:\{\{.*"(--[a-z-]+)=|(.*)$)/gm)].map(([, made, plain]) => plain ?? `${made}=x`),
  ];
}

it('each way of running the server says `serve` with options that it has', async () => {
  const { stdout } = await safeguard(['serve', '--help'], { cwd: root });
  for (const [file, [command, ...args]] of calls()) {
    assert.equal(command, 'serve', file);
    const options = args.filter((arg) => arg.startsWith('--')).map((arg) => arg.replace(/=.*$/, ''));
    assert.ok(options.length >= 3, file);
    for (const option of options)
      assert.match(stdout, new RegExp(`^ +${option} `, 'm'), `${file}: ${option}`);
    assert.ok(
      options.includes('--listen') && options.includes('--data') && options.includes('--config'),
      file,
    );
  }
});

it('the container is made of files that there are, and asks everybody for a token', () => {
  const copied = [...textOf('container/Containerfile').matchAll(/^COPY (?!--from)(\S+) /gm)].map(
    ([, path]) => path ?? '',
  );
  assert.ok(copied.length > 1);
  for (const path of copied) assert.ok(existsSync(join(root, path)), path);
  assert.deepEqual({ ...parseToml(textOf('container/server.toml')) }, { 'auth-required': true });
  const { services, configs } = parse(textOf('compose/compose.yaml'));
  const { context, dockerfile } = services.safeguard.build;
  assert.ok(existsSync(join(deploy, 'compose', context, dockerfile)));
  assert.ok(existsSync(join(deploy, 'compose', configs.policy.file)));
});

it('no file to deploy with holds a secret, or names an image by nothing', () => {
  for (const path of globSync('**/*', { cwd: deploy }).filter((each) => /\.\w+$/.test(each))) {
    const text = textOf(path);
    assert.doesNotMatch(text, /(?:password|token|secret)\s*[:=]\s*["']?[A-Za-z0-9+/]{12,}/i, path);
    for (const [, image = ''] of text.matchAll(/^\s*(?:image: |FROM )([\w./:-]+)/gm))
      assert.match(image, /^(?:[\w./-]+:[\w.-]+|safeguard)$/, `${path}: ${image}`);
  }
});
