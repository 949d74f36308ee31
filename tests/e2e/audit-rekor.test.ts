/**
 * Heads of the audit log in a transparency log (Rekor): others see that there was such a log, and `audit verify` holds
 * it to that, offline.
 */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { logVerifier } from '../../src/attest/logged.ts';
import { anchors } from '../../src/registry/duties/anchors.ts';
import { publicFile } from '../../src/server/audit/key.ts';
import { logOfHeads, rekorFile } from '../../src/server/audit/rekor.ts';
import { folder, safeguard } from '../cli/support.ts';
import { auditVerified } from '../support/audit-verify.ts';
import { testServices } from '../support/sigstore/services.ts';
import { stage } from '../support/stage.ts';
import type { Cleanup } from '../support/temp.ts';

type Test = Parameters<typeof stage>[0];

const services = async (t: Cleanup) => await testServices(t, 'https://nobody.invalid', '{"keys":[]}');

/** A server whose heads go into a log of that API. */
async function logging(t: Test, version: 1 | 2) {
  const s = await stage(t);
  const [own, other] = [await services(t), await services(t)];
  const cwd = folder(t, { 'root.json': own.root, 'other.json': other.root });
  const file = join(s.mirror.data, rekorFile);
  const url = new URL(`${own.url}/${version === 1 ? 'first' : 'second'}`);
  const place = logOfHeads({ url, version }, file, logVerifier(own.root));
  const { store, journal } = s.mirror.server.mirror.context;
  const duty = anchors({ store, journal, now: s.clock.now }, [place], new AbortController().signal);
  return {
    s,
    services: own,
    log: version === 1 ? own.logs.first : own.logs.second,
    url,
    file,
    place,
    duty,
    cwd,
  };
}

interface Logged {
  readonly logged: {
    readonly furthest: {
      readonly count: number;
      readonly log: string;
      readonly index: number;
      readonly at: string | null;
    } | null;
    readonly faults: readonly string[];
    readonly unchecked: number;
  };
}

const verified = auditVerified<Logged>;

for (const version of [1, 2] as const)
  describe(`a log of API ${version}`, () => {
    test('proves which entries were there, apart from those since then', async (t) => {
      const { s, duty, url, cwd, services: own } = await logging(t, version);
      await duty.turn();
      await s.tokenFor('anna');
      const first = await verified(s, cwd, '--trusted-root', 'root.json');
      assert.equal(first.code, 0, first.text);
      const { entries, anchored, logged } = first.json;
      assert.equal(entries - anchored, 1);
      assert.deepEqual(
        { ...logged, furthest: { ...logged.furthest, at: typeof logged.furthest?.at } },
        {
          furthest: {
            count: anchored,
            log: url.href,
            index: version === 1 ? 1005 : 5,
            at: version === 1 ? 'string' : 'object',
          },
          faults: [],
          unchecked: 0,
        },
      );
      assert.match(
        first.text,
        version === 1
          ? /\d+ of them are covered by entry 1005 of the log \S+\/first, which has it since 20\d\d-\S+Z\.\n1 since then follows/
          : /\d+ of them are covered by entry 5 of the log \S+\/second\.\n1 since then follows/,
      );
      await duty.turn();
      const asked = own.asked.length;
      assert.equal(
        (await verified(s, cwd, '--trusted-root', 'root.json')).json.logged.furthest?.count,
        entries,
      );
      assert.equal(own.asked.length, asked, 'nobody is asked');

      const nobody = await verified(s, cwd);
      assert.equal(nobody.code, 0);
      assert.match(nobody.text, /! 2 entries of a log were held against nobody: .*--trusted-root/);
      const stranger = await verified(s, cwd, '--trusted-root', 'other.json');
      assert.deepEqual([stranger.code, stranger.json.verified], [1, false]);
      assert.match(stranger.text, /of the head after entry \d+: no log of the trusted root has it/);
    });

    test('proves nothing of another head, nor of a log that was written anew, nor where it was bent', async (t) => {
      const { s, file, duty, cwd } = await logging(t, version);
      await duty.turn();
      await s.tokenFor('anna');
      await duty.turn();
      const whole = readFileSync(file, 'utf8');
      const lines = whole
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line));
      const [entry] = lines[0].bundle.verificationMaterial.tlogEntries;
      const bent: Readonly<Record<string, object>> = {
        'the bundle of another head': { ...lines[1], bundle: lines[0].bundle },
        'the entry of another head': {
          ...lines[1],
          bundle: { ...lines[1].bundle, verificationMaterial: lines[0].bundle.verificationMaterial },
        },
        'the proof of another entry': {
          ...lines[1],
          bundle: {
            ...lines[1].bundle,
            verificationMaterial: {
              ...lines[1].bundle.verificationMaterial,
              tlogEntries: [
                {
                  ...lines[1].bundle.verificationMaterial.tlogEntries[0],
                  inclusionProof: entry.inclusionProof,
                },
              ],
            },
          },
        },
        'no entry': {
          ...lines[1],
          bundle: {
            ...lines[1].bundle,
            verificationMaterial: { ...lines[1].bundle.verificationMaterial, tlogEntries: [] },
          },
        },
      };
      for (const [what, line] of Object.entries(bent)) {
        writeFileSync(file, `${JSON.stringify(line)}\n`);
        const refused = await verified(s, cwd, '--trusted-root', 'root.json');
        assert.equal(refused.code, 1, what);
        assert.match(refused.json.logged.faults[0] ?? '', /of the head after entry \d+: /, what);
      }
      writeFileSync(file, whole);
      const again = await stage(t);
      const keys = ['--key', join(s.mirror.data, publicFile), '--key', join(again.mirror.data, publicFile)];
      const anew = await verified(again, cwd, ...keys, '--anchors', file, '--trusted-root', 'root.json');
      assert.equal(anew.code, 1);
      assert.match(anew.text, /the log was written anew|entries at the end are not there/);
    });

    test('that lies is said once, and what it says is not kept', async (t) => {
      const { s, file, duty, log } = await logging(t, version);
      log.changes = (entry) => ({
        ...entry,
        inclusionProof: { ...entry.inclusionProof, logIndex: '0' },
      });
      await duty.turn();
      await duty.turn();
      const alarms = s.mirror.log.filter((line) => line.includes('the head of the audit log is not kept'));
      assert.equal(alarms.length, 1);
      assert.throws(() => readFileSync(file), { code: 'ENOENT' });
      log.changes = (entry) => entry;
      s.clock.advance('2m');
      await duty.turn();
      // The head was in API 1's log all along: it says where. API 2 takes no head twice, and has the next one.
      if (version === 2) {
        assert.throws(() => readFileSync(file), { code: 'ENOENT' });
        await s.tokenFor('anna');
        s.clock.advance('2m');
        await duty.turn();
      }
      assert.equal(readFileSync(file, 'utf8').trim().split('\n').length, 1);
    });
  });

test('a line that was cut off swallows no head that is logged after it', async (t) => {
  const { s, file, duty, place } = await logging(t, 1);
  await duty.turn();
  const line = readFileSync(file, 'utf8');
  writeFileSync(file, line + line.slice(0, 100));
  await s.tokenFor('anna');
  await duty.turn();
  assert.equal((await place.last())?.count, (await s.mirror.server.store.auditHead())?.count);
});

test('serve puts heads where server.toml says, and wants to know who vouches for it', async (t) => {
  const own = await services(t);
  const dir = folder(t, { 'root.json': own.root, 'none.json': '{}' });
  const config = (root: string) => `[audit]\nrekor-url = "${own.url}/second"\nrekor-version = 2\n${root}\n`;
  const serve = (text: string) => {
    writeFileSync(join(dir, 'server.toml'), text);
    return safeguard(['serve', '--config', 'server.toml', '--data', 'data', '--listen', '127.0.0.1:1'], {
      cwd: dir,
    });
  };
  const alone = await serve(config(''));
  assert.equal(alone.code, 64, alone.stderr);
  assert.match(alone.stderr, /rekor-url and rekor-root go together/);
  const none = await serve(config('rekor-root = "none.json"'));
  assert.notEqual(none.code, 0);
  assert.match(none.stderr, /none\.json: this is no trusted root of sigstore: it names no transparency log/);
});
