/** What is deployed with, before those who know such files: helm, kubeconform, promtool, actionlint and systemd. */
import assert from 'node:assert/strict';
import { execFile, spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { promisify } from 'node:util';
import { goPeer, PeerMissing, pythonPackage } from '../support/peers.ts';
import { tempDir } from '../support/temp.ts';

const run = promisify(execFile);
const root = join(import.meta.dirname, '../..');
const deploy = join(root, 'deploy');
const chart = join(deploy, 'helm/safeguard');
const has = (program: string, ...args: readonly string[]) => spawnSync(program, args).status === 0;
const skip = has('go', 'version') ? false : 'needs Go, which builds the programs that judge';

/** Helm asks no cluster here, and takes one of long ago where it is told of none. */
const kube = ['--kube-version', '1.37.0'];

/** Values for the chart, each a way that people install it. */
const installs: Readonly<Record<string, readonly string[]>> = {
  'as it is': [],
  'three replicas on PostgreSQL behind an ingress': [
    '--set=replicas=3',
    '--set=database.url=postgres://safeguard@db/safeguard',
    '--set=database.passwordSecret.name=db',
    '--set=ingress.enabled=true',
    '--set=ingress.host=crates.example',
    '--set=ingress.tlsSecret=tls',
    '--set=ingress.className=nginx',
    '--set=publicUrl=https://crates.example',
    '--set=trustedProxies={10.0.0.0/8,fd00::/8}',
    '--set=storage.className=fast',
    '--set=nodeSelector.disk=ssd',
  ],
  'with a policy and more of server.toml': [
    '--set-string=policy=[cool-down]\ndays = 14\n',
    '--set-string=serverToml=poll-interval = "5m"\n',
    '--set=env[0].name=KELLNR_TOKEN,env[0].valueFrom.secretKeyRef.name=kellnr,env[0].valueFrom.secretKeyRef.key=token',
    `--set=image.digest=sha256:${'0'.repeat(64)}`,
  ],
};

const versions = ['1.25.0', '1.37.0'];

/** What the chart is made of, as files of schemas are called. */
const kinds = [
  'configmap-v1',
  'ingress-networking-v1',
  'poddisruptionbudget-policy-v1',
  'service-v1',
  'statefulset-apps-v1',
];

/** Kubernetes' own schemas, by version, each whole: what they refer to is on the web, by the address that they have. */
async function schemasIn(folder: string): Promise<string> {
  const name = 'kubernetes_validate/kubernetes-json-schema';
  const from = await pythonPackage('kubernetes-validate', '1.37.0', name);
  for (const version of versions) {
    mkdirSync(join(folder, version));
    const read = (file: string) =>
      readFileSync(join(from, `v${version}-local-strict`, file), 'utf8').replaceAll(
        '/api/_definitions.json#',
        '#',
      );
    const { $defs, definitions } = JSON.parse(read('_definitions.json'));
    for (const kind of kinds) {
      const whole = { ...JSON.parse(read(`${kind}.json`)), $defs, definitions };
      writeFileSync(join(folder, version, `${kind}.json`), JSON.stringify(whole));
    }
  }
  return folder;
}

/** A test by programs of others, skipped with the reason where one of them cannot be had. */
function judged(what: string, judge: (t: TestContext) => Promise<void>): void {
  it(what, async (t) => {
    try {
      await judge(t as TestContext);
    } catch (error) {
      if (!(error instanceof PeerMissing)) throw error;
      t.skip(error.message);
    }
  });
}

describe('what is deployed with', { skip, timeout: 60 * 60_000 }, () => {
  judged('helm takes the chart, and Kubernetes what comes of it', async (t) => {
    const helm = await goPeer('helm.sh/helm/v3/cmd/helm', 'v3.19.2');
    const kubeconform = await goPeer('github.com/yannh/kubeconform/cmd/kubeconform', 'v0.7.0');
    const schemas = await schemasIn(tempDir(t));
    for (const [name, values] of Object.entries(installs)) {
      await run(helm, ['lint', '--strict', chart, ...values]);
      const { stdout } = await run(helm, ['template', 'test', chart, ...kube, ...values]);
      const file = join(tempDir(t), 'all.yaml');
      writeFileSync(file, stdout);
      for (const version of versions) {
        const location = join(schemas, version, '{{.ResourceKind}}{{.KindSuffix}}.json');
        const options = ['-strict', '-summary', '-kubernetes-version', version, '-schema-location', location];
        const said = (await run(kubeconform, [...options, file])).stdout;
        assert.match(said, /Valid: [4-9], Invalid: 0, Errors: 0, Skipped: 0/, `${name}, ${version}: ${said}`);
      }
    }
  });

  judged('the chart refuses what cannot work', async () => {
    const helm = await goPeer('helm.sh/helm/v3/cmd/helm', 'v3.19.2');
    const refused = async (...values: readonly string[]) =>
      run(helm, ['template', 'test', chart, ...kube, ...values]).then(
        () => 'taken',
        (error: { stderr: string }) => error.stderr,
      );
    assert.match(await refused('--set=replicas=2'), /set database\.url/);
    assert.match(await refused('--set=ingress.enabled=true'), /ingress\.host/);
    assert.match(await refused('--set=replica=2'), /replica/);
    assert.match(await refused('--set=database.url=mysql://x'), /database/);
  });

  judged('promtool takes the alerts, and actionlint the workflow of the documentation', async (t) => {
    const promtool = await goPeer('github.com/prometheus/prometheus/cmd/promtool', 'v0.307.3');
    await run(promtool, [
      'check',
      'rules',
      '--lint=all',
      '--lint-fatal',
      join(deploy, 'prometheus/alerts.yml'),
    ]);
    const actionlint = await goPeer('github.com/rhysd/actionlint/cmd/actionlint', 'v1.7.8');
    const texts = [...readFileSync(join(root, 'docs/ci.md'), 'utf8').matchAll(/```yaml\n(on:[\s\S]*?)```/g)];
    assert.ok(texts.length > 0);
    for (const [, text = ''] of texts) {
      const file = join(tempDir(t), 'workflow.yml');
      writeFileSync(file, text.replace('@<commit>', `@${'0'.repeat(40)}`));
      await run(actionlint, ['-no-color', file]);
    }
  });
});

describe('systemd', { skip: has('systemd-analyze', '--version') ? false : 'needs systemd-analyze' }, () => {
  for (const unit of ['safeguard.service', 'safeguard-agent.service']) {
    it(`knows every setting of ${unit}, and calls it safe enough`, async () => {
      const file = join(deploy, 'systemd', unit);
      const { stderr } = await run('systemd-analyze', ['verify', '--man=no', '--generators=no', file]);
      assert.doesNotMatch(stderr, /Unknown|Failed to parse|ignoring/);
      const most = unit === 'safeguard.service' ? 20 : 30;
      await run('systemd-analyze', ['security', '--offline=yes', `--threshold=${most}`, '--no-pager', file]);
    });
  }
});
