/** The digests that reviewers signed, against the archives that the registry serves. Part of `./test --all`. */
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { it } from 'node:test';
import { readCrateArchive } from '../../src/cargo/crate-archive.ts';
import { parseIndexLine } from '../../src/cargo/index-entry.ts';
import { downloadUrl, indexPath } from '../../src/cargo/index-path.ts';
import { contentDigest } from '../../src/facts/crev/content-digest.ts';
import { readProofs } from '../../src/facts/crev/proofs.ts';
import { upstreamAddress } from '../../src/registry/upstream/address.ts';

const folder = join(import.meta.dirname, '../../../shared/data/crev');
const wanted = 12;

it('the contents that were reviewed are those of the archive', { timeout: 10 * 60_000 }, async (t) => {
  if (!existsSync(folder)) return t.skip('there is no ../shared/data');
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) =>
    file.endsWith('.crev'),
  );
  const { reviews } = readProofs(
    files.map((file) => ({ file, text: readFileSync(join(folder, file), 'utf8') })),
  );
  const all = [...reviews.values()]
    .flat()
    .filter(({ rating }) => rating === 'strong' || rating === 'positive');
  const every = Math.floor(all.length / wanted);
  const { index } = upstreamAddress('crates.io');
  const { dl } = (await (await fetch(`${index}config.json`)).json()) as { dl: string };
  const compared: string[] = [];
  for (const { package: of, digest } of all.filter((_, at) => at % every === 0)) {
    const answer = await fetch(index + indexPath(of.name));
    const lines = answer.ok ? (await answer.text()).split('\n').filter((line) => line !== '') : [];
    const entry = lines.map(parseIndexLine).find(({ vers }) => vers === of.version);
    if (entry === undefined) continue;
    const url = downloadUrl(dl, { crate: of.name, version: of.version, checksum: entry.cksum });
    const bytes = new Uint8Array(await (await fetch(url)).arrayBuffer());
    assert.equal(contentDigest(readCrateArchive(bytes).files), digest, `${of.name} ${of.version}`);
    compared.push(`${of.name} ${of.version}`);
  }
  t.diagnostic(compared.join(', '));
  assert.ok(compared.length >= wanted / 2);
});
