/**
 * How often a review would have been asked for again, over the last releases of crates that much is built with:
 *
 *   node scripts/stability.ts [--releases 20] > docs/stability.md
 *
 * The first of them is taken as approved, and each release that asks for a review as approved then. Archives are kept in the
 * user's cache folder for tests.
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { archiveTexts, readCrateArchive } from '../src/cargo/crate-archive.ts';
import { parseIndexLine } from '../src/cargo/index-entry.ts';
import { splitIndexFile } from '../src/cargo/index-file.ts';
import { comparePrecedence, parseVersion } from '../src/cargo/version.ts';
import type { ApprovedKind, KeptApproval } from '../src/facts/approval.ts';
import { type CodeFact, readCodeOf } from '../src/facts/code.ts';
import { approvalsOf } from '../src/gate/review/approve.ts';
import { needsAnswer, runningCode, type Standing, standingsOf } from '../src/policy/build-code-standing.ts';
import { asksAbout } from '../src/policy/shapes.ts';
import { upstreamAddress } from '../src/registry/upstream/address.ts';
import { Upstream } from '../src/registry/upstream/upstream.ts';
import { archiveFiles } from '../src/rust/inputs/package-files.ts';
import { type PackageReview, reviewPackage } from '../src/rust/package-review.ts';
import { packageSource } from '../src/rust/package-source.ts';

const crates =
  'serde_derive thiserror-impl tokio-macros clap_derive async-trait prost-derive sqlx-macros zerocopy-derive ring openssl-sys libz-sys zstd-sys bindgen rustix libc'.split(
    ' ',
  );
/** How often the version of 25 November 2026 asked of the same number of releases: every gain, and every other surface. */
const askedBefore: Readonly<Record<string, number>> = {
  serde_derive: 0,
  'thiserror-impl': 0,
  'tokio-macros': 1,
  clap_derive: 1,
  'async-trait': 5,
  'prost-derive': 1,
  'sqlx-macros': 6,
  'zerocopy-derive': 3,
  ring: 4,
  'openssl-sys': 4,
  'libz-sys': 2,
  'zstd-sys': 3,
  bindgen: 0,
  rustix: 2,
  libc: 5,
};
const { values: options } = parseArgs({ options: { releases: { type: 'string', default: '20' } } });
const count = Number(options.releases);
const cache = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'safeguard-test', 'stability');
mkdirSync(cache, { recursive: true });
const upstream = new Upstream(upstreamAddress('crates.io'), Date.now);

const rows: string[] = [];
const reasons: string[] = [];
const totals = { releases: 0, asked: 0, warned: 0, before: 0, grave: 0, missed: 0 };
for (const crate of crates) {
  const counts = { same: 0, changed: 0, asked: 0 };
  let approved: readonly KeptApproval[] = [];
  let read: PackageReview | undefined;
  const releases = await releasesOf(crate);
  for (const [i, { version, checksum }] of releases.entries()) {
    const review = await reviewOf(crate, version, checksum);
    const code = readCodeOf(review);
    const approve = () => approvalsOf(crate, version, code, { by: 'x', reason: 'x', at: 0 }).map(kept);
    if (i === 0) {
      approved = approve();
      read = review;
      continue;
    }
    const standings = standingsOf(code, version, approved, 0).map(({ standing }) => standing);
    const asks = standings.filter(needsAnswer);
    if (isGraver(code, approved)) {
      totals.grave++;
      if (asks.length === 0) totals.missed++;
    }
    if (asks.length > 0) {
      counts.asked++;
      reasons.push(
        `| ${crate} ${version} | ${asks.map((standing) => said(standing, read, review)).join('; ')} |`,
      );
      approved = approve();
      read = review;
    } else if (standings.some(({ kind }) => kind === 'changed' || kind === 'surface')) counts.changed++;
    else counts.same++;
  }
  const [first, last] = [releases[0]?.version, releases.at(-1)?.version];
  rows.push(
    `| ${crate} | ${first} to ${last} | ${counts.same} | ${counts.changed} | ${askedBefore[crate] ?? '?'} | ${counts.asked} |`,
  );
  totals.before += askedBefore[crate] ?? 0;
  totals.releases += releases.length - 1;
  totals.asked += counts.asked;
  totals.warned += counts.changed;
}
await upstream.close();
console.log(`# How often a review is asked for again

\`node scripts/stability.ts\` took the last ${count} releases of crates that much is built with, on ${new Date().toISOString().slice(0, 10)}. The first was
taken as approved, and whatever asked for a review as approved from then on. Of ${totals.releases} updates ${totals.asked} would have asked a person again
(${totals.before} by the version of 25 November 2026, which asked of every gain and every other surface), and ${totals.warned} would have warned of other code, or other files that
it runs or hands to tools, that can do nothing graver than before. ${totals.grave} updates came to be able to do something grave; ${totals.missed} of them were not asked about.

| crate | releases | nothing relevant differs | other code, nothing graver | asked before | asks again |
| --- | --- | --- | --- | --- | --- |
${rows.join('\n')}

## What asked, and why

| release | why |
| --- | --- |
${reasons.join('\n')}`);

async function releasesOf(crate: string) {
  const answer = await upstream.indexFile(crate);
  if (answer.kind !== 'file') throw new Error(`the registry has no ${crate}`);
  const entries = splitIndexFile(answer.bytes).lines.map(({ text }) => parseIndexLine(text));
  return entries
    .map(({ vers, cksum }) => ({ version: vers, checksum: cksum, parsed: parseVersion(vers) }))
    .filter(({ version }) => !version.includes('-'))
    .sort((a, b) => comparePrecedence(a.parsed, b.parsed))
    .slice(-count - 1);
}

async function reviewOf(crate: string, version: string, checksum: string): Promise<PackageReview> {
  const path = join(cache, `${crate}-${version}.crate`);
  if (!existsSync(path)) {
    const pieces: Uint8Array[] = [];
    for await (const piece of await upstream.download({ crate, version, checksum })) pieces.push(piece);
    writeFileSync(path, Buffer.concat(pieces));
  }
  const bytes = readFileSync(path);
  if (createHash('sha256').update(bytes).digest('hex') !== checksum)
    throw new Error(`${path} is damaged: remove it`);
  const archive = readCrateArchive(bytes);
  const text = archiveTexts(archive);
  return reviewPackage(packageSource(text('Cargo.toml') ?? '', text, archiveFiles(archive.files)));
}

function kept(approval: Omit<KeptApproval, 'of'>): KeptApproval {
  return { ...approval, of: 'project' };
}

/** Whether code can do something that is asked about and that no approval has. */
function isGraver(code: CodeFact, approved: readonly KeptApproval[]): boolean {
  const running = Object.entries(runningCode(code, [])) as [
    ApprovedKind,
    { readonly shapes: readonly string[] },
  ][];
  return running.some(([kind, { shapes }]) => {
    const before = approved.find((approval) => approval.kind === kind)?.capabilities ?? [];
    return shapes.some((shape) => asksAbout(shape, kind) && !before.includes(shape));
  });
}

function said(standing: Standing, before: PackageReview | undefined, now: PackageReview): string {
  if (standing.kind === 'grown')
    return `can do more: ${shortened(standing.added.map((shape) => `\`${shape}\``))}`;
  if (standing.kind === 'unreadable')
    return shortened(differences(before, now)) || 'other code, and not all of it can be read';
  return standing.kind === 'missing' ? 'had none of it before' : standing.kind;
}

/** The first of them. */
function shortened(words: readonly string[]): string {
  const more = words.length - 6;
  return `${words.slice(0, 6).join(', ')}${more > 0 ? `, and ${more} more` : ''}`;
}

/** What differs in the surface of macros: exports, what is compiled in, what they can do. */
function differences(before: PackageReview | undefined, now: PackageReview): readonly string[] {
  const exported = (review: PackageReview | undefined) =>
    review?.macros?.exports.map(
      ({ kind, name, attributes }) => `${kind} ${[name, ...attributes].join(' ')}`,
    ) ?? [];
  const parts: readonly (readonly [
    what: string,
    of: (review: PackageReview | undefined) => readonly string[],
  ])[] = [
    ['exports', exported],
    ['dependency', (review) => review?.macros?.runs ?? []],
    ['can', (review) => review?.macros?.shapes ?? []],
    ['its build script can', (review) => review?.buildScript?.shapes ?? []],
  ];
  return parts.flatMap(([what, of]) => {
    const [old, is] = [new Set(of(before)), new Set(of(now))];
    return [
      ...[...is].filter((one) => !old.has(one)).map((one) => `${what} + \`${one}\``),
      ...[...old].filter((one) => !is.has(one)).map((one) => `${what} − \`${one}\``),
    ];
  });
}
