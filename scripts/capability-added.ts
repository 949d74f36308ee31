/**
 * How often the rule `capability-added` would have spoken, over the releases that cargo has in its cache on this machine:
 *
 *   node scripts/capability-added.ts > docs/capability-added.md
 *
 * Of each crate with several versions there, the last four are compared, each with the one before it.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { manifestOf, readCrateArchive } from '../src/cargo/crate-archive.ts';
import { comparePrecedence, tryParseVersion } from '../src/cargo/version.ts';
import { type CodeFact, codeFact, readCode } from '../src/facts/code.ts';
import { cargoHomeFolder } from '../src/gate/project/cargo-home.ts';
import { capabilityAdded } from '../src/policy/rules/capability-added.ts';

const root = join(cargoHomeFolder() ?? '', 'registry', 'cache');
const settings = capabilityAdded.settings.parse({});
const counts = { crates: 0, updates: 0, review: 0, warn: 0 };
const rows: string[] = [];

for (const [crate, archives] of archivesByCrate()) {
  const versions = [...archives]
    .flatMap(([version, path]) => {
      const parsed = tryParseVersion(version);
      return parsed === undefined ? [] : [{ version, path, parsed }];
    })
    .sort((a, b) => comparePrecedence(a.parsed, b.parsed))
    .slice(-4);
  if (versions.length < 2) continue;
  counts.crates++;
  let before: { readonly version: string; readonly code: CodeFact } | undefined;
  for (const { version, path } of versions) {
    const archive = readCrateArchive(readFileSync(path));
    const code = readCode(archive.files, manifestOf(archive));
    if (before !== undefined) judge(crate, version, before, code);
    before = { version, code };
  }
}
console.log(`# How often a release comes to be able to do something new

\`node scripts/capability-added.ts\` compared ${counts.updates} updates of ${counts.crates} crates that lay in a cargo cache, on ${new Date().toISOString().slice(0, 10)}, by the
rule [\`capability-added\`](rules/capability-added.md) as it stands by default. ${counts.review} of them (${((100 * counts.review) / counts.updates).toFixed(1)} %) would have asked for a review, and ${counts.warn} more
would have warned. Many are several releases apart, so that between neighbours it is rarer.

| update | what it asked about |
| --- | --- |
${rows.join('\n')}`);

function judge(
  crate: string,
  version: string,
  before: { readonly version: string; readonly code: CodeFact },
  code: CodeFact,
): void {
  counts.updates++;
  const findings = capabilityAdded.evaluate(
    {
      context: 'release',
      subject: { registry: '', crate, version, checksum: '' },
      facts: { code: codeFact(code, { version: before.version, read: before.code }, 0) },
      now: 0,
    },
    settings,
  );
  const asked = findings.filter(({ effect }) => effect === 'review');
  if (asked.length > 0) {
    counts.review++;
    const messages = asked.map(({ message }) => message).join(' ');
    rows.push(`| ${crate} ${before.version} to ${version} | ${messages.replaceAll('|', '\\|')} |`);
  } else if (findings.length > 0) counts.warn++;
}

function archivesByCrate(): ReadonlyMap<string, ReadonlyMap<string, string>> {
  const found = new Map<string, Map<string, string>>();
  for (const registry of readdirSync(root)) {
    for (const file of readdirSync(join(root, registry)).sort()) {
      const [, crate, version] = /^(.+?)-(\d+\.\d+\.\d+.*)\.crate$/.exec(file) ?? [];
      if (crate === undefined || version === undefined) continue;
      const versions = found.get(crate) ?? new Map<string, string>();
      found.set(crate, versions.set(version, join(root, registry, file)));
    }
  }
  return found;
}
