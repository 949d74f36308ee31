/** From a signed build to what hosts run of it: as it was built, stripped, and changed with its times set back. */
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { createHash, generateKeyPairSync } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { it, type TestContext } from 'node:test';
import { bundleText } from '../../src/attest/bundle.ts';
import { signEnvelope } from '../../src/attest/dsse.ts';
import { readSigner } from '../../src/attest/keys.ts';
import { payloadType, predicates, statement } from '../../src/attest/statement.ts';
import { safeguard } from '../cli/support.ts';
import { testCache } from '../support/peers.ts';
import { startScene } from '../support/scene.ts';
import { alarmSink } from '../support/sinks.ts';

const skip = process.platform !== 'linux' && 'there is no /proc';
const main =
  'fn main() { println!("as it was built"); std::thread::sleep(std::time::Duration::from_secs(600)); }\n';

/** Runs a program until the test is over, or is told to end. */
async function run(t: TestContext, path: string) {
  const child = spawn(path, [], { stdio: ['ignore', 'pipe', 'inherit'] });
  t.after(() => void child.kill('SIGKILL'));
  const ended = new Promise<void>((done) => child.on('exit', () => done()));
  const said = await new Promise<string>((done) => child.stdout.once('data', (text) => done(String(text))));
  return {
    said,
    end: async () => {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

it('tells a stripped program from one that was changed after it was signed, and has it told', {
  skip,
}, async (t) => {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const signer = readSigner(String(privateKey.export({ type: 'pkcs8', format: 'pem' })));
  const sink = await alarmSink(t);
  // Not in /tmp, where what is unlinked is taken for something unpacked.
  const cwd = join(testCache, `tampered-${process.pid}`);
  mkdirSync(join(cwd, 'out'), { recursive: true });
  t.after(() => rmSync(cwd, { recursive: true, force: true }));
  writeFileSync(join(cwd, 'release.pub'), publicKey.export({ type: 'spki', format: 'pem' }));
  const { mirror, clock } = await startScene(t, {
    mirror: {
      config: `[artefacts]\nsigners = ["${join(cwd, 'release.pub')}"]\nrequire = ["provenance", "sbom"]\n${sink.config}`,
      env: sink.env,
    },
  });
  const command = async (code: number, ...args: string[]) => {
    const ran = await safeguard(args, {
      cwd,
      env: { SAFEGUARD_SERVER: mirror.url, SAFEGUARD_TOKEN: mirror.token() },
    });
    assert.equal(ran.code, code, `${args.join(' ')}: ${ran.stdout}${ran.stderr}`);
    return ran.stdout;
  };
  const standings = async (code: number, ...args: string[]) => {
    const { processes } = JSON.parse(
      await command(code, 'inventory', 'running', '--format', 'json', ...args),
    );
    return (processes as { path: string; standing: string }[])
      .filter(({ path }) => path.startsWith(cwd))
      .map(({ path, standing }) => `${path.slice(cwd.length + 1)} ${standing}`);
  };
  const look = async () => {
    await command(0, 'agent', '--once', '--host', 'web-1', '--environment', 'production');
    await mirror.turn('exposures');
  };
  const alarms = async () => {
    clock.advance('2m');
    await mirror.notify();
    return sink.told();
  };

  // Built with debug information, signed, and added.
  writeFileSync(join(cwd, 'main.rs'), main);
  const built = join(cwd, 'out/app');
  execFileSync('rustc', ['-g', '-O', '-Clink-arg=-Wl,--build-id=sha1', '-o', built, join(cwd, 'main.rs')]);
  const bytes = readFileSync(built);
  const subject = [{ name: 'app', digest: { sha256: createHash('sha256').update(bytes).digest('hex') } }];
  const sign = (kind: 'sbom' | 'provenance', predicate: unknown) =>
    writeFileSync(
      join(cwd, `out/app.${kind}.sigstore.json`),
      bundleText(
        signEnvelope(
          payloadType,
          Buffer.from(JSON.stringify(statement(subject, predicates[kind], predicate))),
          signer,
        ),
      ),
    );
  sign('provenance', {});
  sign('sbom', {
    bomFormat: 'CycloneDX',
    specVersion: '1.7',
    metadata: { component: { type: 'application', 'bom-ref': 'app', name: 'app', version: '1.0.0' } },
    components: [
      { type: 'library', 'bom-ref': 't', name: 'time', version: '0.2.7', purl: 'pkg:cargo/time@0.2.7' },
    ],
    dependencies: [{ ref: 'app', dependsOn: ['t'] }],
  });
  assert.match(await command(0, 'inventory', 'add', 'out'), /signed by whom this server goes by/);

  // As they are installed: one as it is, one stripped, one with a byte of its constants changed and its times set back.
  writeFileSync(join(cwd, 'whole'), bytes, { mode: 0o755 });
  execFileSync('strip', ['-o', join(cwd, 'stripped'), built]);
  const before = new Date('2026-01-02T03:04:05Z');
  const put = (name: string, content: Uint8Array) => {
    writeFileSync(join(cwd, name), content, { mode: 0o755 });
    utimesSync(join(cwd, name), before, before);
  };
  put('aside', bytes);
  const whole = await run(t, join(cwd, 'whole'));
  const stripped = await run(t, join(cwd, 'stripped'));
  const aside = await run(t, join(cwd, 'aside'));
  await look();
  assert.deepEqual((await standings(0)).sort(), ['aside known', 'stripped stripped', 'whole known']);
  assert.deepEqual(await alarms(), []);
  await aside.end();

  const evil = Buffer.from(bytes);
  evil.write('as it was burnt', evil.indexOf('as it was built'));
  put('aside', evil);
  const changed = await run(t, join(cwd, 'aside'));
  assert.match(changed.said, /burnt/);
  assert.equal(statSync(join(cwd, 'aside')).mtime.toISOString(), before.toISOString());
  await look();
  const all = await standings(1);
  assert.equal(all[0], 'aside tampered', 'it comes first');
  assert.deepEqual(all.slice(1).sort(), ['stripped stripped', 'whole known']);
  assert.deepEqual(await standings(1, '--standing', 'tampered'), ['aside tampered']);
  assert.deepEqual(await standings(0, '--standing', 'stripped'), ['stripped stripped']);
  assert.match(await command(1, 'inventory', 'running'), /^HOST .*\nweb-1 +\d+ +TAMPERED .*aside\n/);
  const affected = await command(1, 'affected', 'time');
  assert.match(affected, /aside \(TAMPERED WITH: other code or data than the signed build\)/);
  assert.match(affected, /stripped \(stripped or repackaged after the build\)/);
  assert.match(affected, /whole\n/);
  const [alarm, ...more] = await alarms();
  assert.deepEqual([alarm?.alarm, more], ['tampered-began', []]);
  assert.match(alarm?.message ?? '', /aside on web-1 \(production\) says that it is the signed build of app/);
  const metric = async () => await (await mirror.call('/metrics')).text();
  assert.match(await metric(), /^safeguard_tampered 1$/m);

  // Nobody makes it good by adding it, and nothing is told twice.
  await command(0, 'inventory', 'add', 'aside');
  await look();
  assert.deepEqual(await standings(1, '--standing', 'tampered'), ['aside tampered']);
  assert.deepEqual(await alarms(), []);

  await changed.end();
  await look();
  assert.deepEqual(await standings(0, '--standing', 'tampered'), []);
  assert.deepEqual(
    (await alarms()).map((one) => one.alarm),
    ['tampered-ended'],
  );
  assert.match(await metric(), /^safeguard_tampered 0$/m);
  for (const one of [whole, stripped]) await one.end();
});
