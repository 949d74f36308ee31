/** Advisory databases in the mirror: what they stop, when they change, when they are away. */
import assert from 'node:assert/strict';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import type { ReleaseReportJson } from '../../src/server/contract.ts';
import { testClock } from '../support/clock.ts';
import { makeCrate } from '../support/crate.ts';
import { startMirror, type TestMirror } from '../support/mirror.ts';
import { tempDir } from '../support/temp.ts';
import { startUpstream } from '../support/upstream.ts';

/** An advisory of our own in RustSec's format. */
function advisory(
  id: string,
  crate: string,
  more: string,
  patched = '[]',
  title = 'It lets others in',
): string {
  return `\`\`\`toml\n[advisory]\nid = "${id}"\npackage = "${crate}"\ndate = "2026-08-01"\nurl = "https://example.com/${id}"\n${more}\n[versions]\npatched = ${patched}\n\`\`\`\n\n# ${title}\n\nIn short.\n`;
}

async function stage(t: TestContext) {
  const folder = join(tempDir(t), 'db');
  const put = (id: string, crate: string, text: string) => {
    mkdirSync(join(folder, 'crates', crate), { recursive: true });
    writeFileSync(join(folder, 'crates', crate, `${id}.md`), text);
  };
  put('RUSTSEC-2026-0001', 'other', advisory('RUSTSEC-2026-0001', 'other', ''));
  const clock = testClock('2026-08-10T00:00:00Z');
  const upstream = await startUpstream();
  t.after(() => upstream.close());
  for (const version of ['1.0.0', '1.1.0']) {
    upstream.publish(makeCrate({ name: 'victim', version }), { pubtime: '2024-01-01T00:00:00Z' });
  }
  const options = { upstream: upstream.indexUrl, clock, advisoryDatabases: [folder], data: tempDir(t) };
  const mirror = await startMirror(options, t);
  await mirror.tick();
  return { folder, put, clock, upstream, mirror, options };
}

async function standing(mirror: TestMirror, version: string): Promise<ReleaseReportJson> {
  return (await (await mirror.call(`/api/v1/releases/victim/${version}`)).json()) as ReleaseReportJson;
}

describe('an advisory database', () => {
  it('blocks what was promoted once an advisory appears, and lets it go when it is withdrawn', async (t) => {
    const { put, clock, mirror } = await stage(t);
    assert.equal((await standing(mirror, '1.0.0')).release.state, 'promoted');
    assert.equal((await mirror.call('/crates/victim/1.0.0/download')).status, 200);
    const flaw = 'cvss = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"';
    put('RUSTSEC-2026-0002', 'victim', advisory('RUSTSEC-2026-0002', 'victim', flaw, '[">= 1.1.0"]'));
    clock.advance('1h');
    await mirror.tick();
    const { release, instead } = await standing(mirror, '1.0.0');
    assert.deepEqual([release.state, release.verdict.findings[0]?.rule], ['blocked', 'vulnerability']);
    assert.equal(release.verdict.findings[0]?.evidence.advisory, 'RUSTSEC-2026-0002');
    assert.equal(instead?.version, '1.1.0');
    const refused = await mirror.call('/crates/victim/1.0.0/download');
    assert.equal(refused.status, 403);
    assert.match(await refused.text(), /RUSTSEC-2026-0002|lets others in/);
    assert.equal((await mirror.call('/crates/victim/1.1.0/download')).status, 200);
    const gone = `${flaw}\nwithdrawn = "2026-08-11"`;
    put('RUSTSEC-2026-0002', 'victim', advisory('RUSTSEC-2026-0002', 'victim', gone, '[">= 1.1.0"]'));
    clock.advance('1h');
    await mirror.tick();
    assert.equal((await standing(mirror, '1.0.0')).release.state, 'promoted');
  });

  it('denies malicious code whatever its version, and no waiver helps', async (t) => {
    const { put, clock, mirror, options } = await stage(t);
    assert.equal((await standing(mirror, '1.1.0')).release.state, 'promoted');
    put('RUSTSEC-2026-0003', 'victim', advisory('RUSTSEC-2026-0003', 'victim', 'categories = ["malicious"]'));
    clock.advance('1h');
    await mirror.tick();
    const { release } = await standing(mirror, '1.1.0');
    assert.deepEqual([release.state, release.verdict.findings[0]?.rule], ['blocked', 'malicious']);
    await mirror.close();
    const waiver =
      '[[waiver]]\nrule = "malicious"\ncrate = "victim"\nreason = "r"\nby = "b"\nexpires = "2026-08-20"\n';
    const waived = await startMirror({ ...options, policy: waiver }, t);
    await waived.tick();
    assert.equal((await standing(waived, '1.1.0')).release.state, 'blocked');
  });

  it('only warns of what is unmaintained', async (t) => {
    const { put, clock, mirror } = await stage(t);
    put(
      'RUSTSEC-2026-0004',
      'victim',
      advisory('RUSTSEC-2026-0004', 'victim', 'informational = "unmaintained"'),
    );
    clock.advance('1h');
    await mirror.tick();
    const { release } = await standing(mirror, '1.0.0');
    assert.equal(release.state, 'promoted');
    assert.ok(
      release.verdict.findings.some(({ rule, effect }) => rule === 'unmaintained' && effect === 'warn'),
    );
  });

  it('that goes away changes nothing but an alarm; what it said still counts, after a restart too', async (t) => {
    const { folder, put, clock, mirror, options } = await stage(t);
    put('RUSTSEC-2026-0003', 'victim', advisory('RUSTSEC-2026-0003', 'victim', 'categories = ["malicious"]'));
    clock.advance('1h');
    await mirror.tick();
    rmSync(folder, { recursive: true });
    clock.advance('1h');
    await mirror.tick();
    assert.equal((await standing(mirror, '1.1.0')).release.state, 'blocked');
    assert.ok(
      mirror.log.some((line) => line.includes('ALARM')),
      mirror.log.join('\n'),
    );
    await mirror.close();
    const again = await startMirror(options, t);
    await again.tick();
    assert.equal((await standing(again, '1.1.0')).release.state, 'blocked');
  });

  it('that cannot be read from the start holds everything, and says why', async (t) => {
    const clock = testClock('2026-08-10T00:00:00Z');
    const upstream = await startUpstream();
    t.after(() => upstream.close());
    upstream.publish(makeCrate({ name: 'victim', version: '1.0.0' }), { pubtime: '2024-01-01T00:00:00Z' });
    const missing = join(tempDir(t), 'nothing-here');
    const mirror = await startMirror({ upstream: upstream.indexUrl, clock, advisoryDatabases: [missing] }, t);
    await mirror.tick();
    const { release } = await standing(mirror, '1.0.0');
    assert.equal(release.state, 'held');
    assert.match(release.verdict.findings[0]?.message ?? '', /is unknown/);
  });
});
