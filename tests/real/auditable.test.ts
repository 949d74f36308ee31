/**
 * Forty programs with the lists that cargo-auditable makes of real projects, added to the inventory: their crates are
 * those that rust-audit-info and syft read out of them, and their advisories those of `cargo audit bin`.
 */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { before, describe, it } from 'node:test';
import { promisify } from 'node:util';
import { bytesSource } from '../../src/binary/bytes.ts';
import { embeddedCrates } from '../../src/binary/dep-v0.ts';
import { readExecutable } from '../../src/binary/executable.ts';
import type { AdvisoryDatabase } from '../../src/facts/advisories/database.ts';
import type { AffectedJson } from '../../src/server/affected-contract.ts';
import { artefactReportSchema } from '../../src/server/artefact-contract.ts';
import { folder, safeguard } from '../cli/support.ts';
import { folderFeed, noRealDatabase, realDatabase } from '../support/advisory-feeds.ts';
import { auditableProgram } from '../support/auditable-programs.ts';
import { corpus, corpusFolder } from '../support/corpus.ts';
import { PeerMissing, peer } from '../support/peers.ts';
import { auditInfo, bySyft, type Listed } from '../support/program-crates.ts';
import { startScene } from '../support/scene.ts';
import { tempDir } from '../support/temp.ts';

const run = promisify(execFile);

interface AuditReport {
  readonly vulnerabilities: { readonly list: readonly Match[] };
  readonly warnings: Readonly<Record<string, readonly Match[]>>;
}

interface Match {
  /** Of a yanked release none, which is another question. */
  readonly advisory: { readonly id: string } | null;
  readonly package: { readonly name: string; readonly version: string };
}

describe('forty auditable programs', { skip: noRealDatabase, timeout: 40 * 60_000 }, () => {
  const programs: string[] = [];
  const lists = new Map<string, readonly Listed[]>();
  let database: AdvisoryDatabase;

  before(async () => {
    database = (await folderFeed(realDatabase)).database;
    const into = join(tempDir(), 'programs');
    mkdirSync(into);
    for (const { name, version } of corpus()) {
      const project = { name, folder: await corpusFolder({ name, version }) };
      const written = await auditableProgram(project, into).catch((error: Error) => {
        // A release that its lockfile names may have left the registry since.
        if (!error.message.includes('failed to select a version')) throw error;
      });
      if (written === undefined) continue;
      programs.push(written);
      lists.set(written, await auditInfo(written));
    }
    assert.ok(programs.length >= 40, `${programs.length} programs`);
  });

  it('have the crates that rust-audit-info reads, with their sources, kinds and edges', () => {
    for (const path of programs) {
      const source = bytesSource(readFileSync(path));
      const [image] = readExecutable(source);
      assert.ok(image !== undefined);
      const theirs = (lists.get(path) ?? []).map((one) => ({
        ...{ name: one.name, version: one.version, source: one.source },
        ...{ kind: one.kind ?? 'runtime', dependencies: one.dependencies ?? [], root: one.root === true },
      }));
      assert.deepEqual(embeddedCrates(source, image), theirs, path);
    }
  });

  it('have the crates that syft reads, which leaves out what only ran while they were built', async (t) => {
    let left = 0;
    try {
      for (const path of programs) {
        const all = lists.get(path) ?? [];
        const linked = all.filter(({ kind }) => kind !== 'build').map((one) => `${one.name} ${one.version}`);
        left += all.length - linked.length;
        assert.deepEqual(await bySyft(path), linked.sort(), path);
      }
    } catch (error) {
      if (!(error instanceof PeerMissing)) throw error;
      return t.skip(error.message);
    }
    t.diagnostic(`${left} crates of kind build are not in its lists`);
  });

  it('are struck by the advisories that cargo audit bin finds', async (t) => {
    const { mirror } = await startScene(t, { mirror: { advisoryDatabases: [realDatabase] } });
    await mirror.tick();
    const env = { SAFEGUARD_SERVER: mirror.url, SAFEGUARD_TOKEN: mirror.token() };
    const ask = (...args: string[]) => safeguard([...args, '--format', 'json'], { cwd: folder(t), env });
    const added = await ask('inventory', 'add', ...programs);
    assert.equal(added.code, 0, added.stderr);

    const names = new Map<string, string>();
    for (const path of programs) {
      const digest = createHash('sha256').update(readFileSync(path)).digest('hex');
      names.set(digest, basename(path));
      const shown = await ask('inventory', 'show', digest, '--limit', '1000');
      const { components } = artefactReportSchema.parse(JSON.parse(shown.stdout));
      const listed = (lists.get(path) ?? []).map(
        (one) => `${one.name} ${one.version} ${one.kind ?? 'linked'}`,
      );
      assert.deepEqual(
        components.map((one) => `${one.name} ${one.version} ${one.scope}`).sort(),
        listed.sort(),
        path,
      );
    }

    const auditor = await peer('cargo-audit', '0.22.2');
    const args = ['audit', '--json', '--no-fetch', '--stale', '--db', realDatabase, 'bin', ...programs];
    // 1: it found some.
    const { stdout } = await run(auditor, args, { maxBuffer: 1 << 28 }).catch((error) => error);
    const reports = (stdout as string)
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as AuditReport);
    assert.equal(reports.length, programs.length);
    const theirs = reports.flatMap(({ vulnerabilities, warnings }, i) =>
      [vulnerabilities.list, ...Object.values(warnings)]
        .flat()
        .flatMap(({ advisory, package: { name, version } }) =>
          advisory === null ? [] : [`${basename(programs[i] ?? '')}: ${advisory.id} ${name} ${version}`],
        ),
    );

    const inAny = new Set([...lists.values()].flat().map(({ name }) => name));
    const ours: string[] = [];
    for (const { id, package: name, collection, withdrawn } of database.advisories) {
      // One that was taken back is about nothing.
      if (collection !== 'crates' || withdrawn !== undefined || !inAny.has(name)) continue;
      const answer = await mirror.call(`/api/v1/affected?of=${id}&limit=1000`, { token: mirror.token() });
      assert.equal(answer.status, 200, id);
      for (const { artefact, findings } of ((await answer.json()) as AffectedJson).artefacts)
        for (const one of findings)
          ours.push(`${names.get(artefact.digest ?? '')}: ${id} ${one.name} ${one.version}`);
    }
    t.diagnostic(`${programs.length} programs, ${theirs.length} matches`);
    assert.ok(theirs.length > 0);
    assert.deepEqual([...new Set(ours)].sort(), [...new Set(theirs)].sort());
  });
});
