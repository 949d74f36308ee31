import { ageFact } from '../../src/facts/age.ts';
import type { ContentsFact } from '../../src/facts/archive-contents/contents.ts';
import { blocksFact } from '../../src/facts/blocks.ts';
import { breakGlassFact } from '../../src/facts/break-glass.ts';
import { decisionsFact } from '../../src/facts/decisions.ts';
import { known } from '../../src/facts/fact.ts';
import { historyFact } from '../../src/facts/history.ts';
import { licenseFact } from '../../src/facts/license/release.ts';
import { lineFact } from '../../src/facts/line.ts';
import type { Facts } from '../../src/facts/map.ts';
import { yanksFact } from '../../src/facts/yanks.ts';
import { archive } from './archive.ts';

/** A release that nothing speaks against but its age, counted from 2026-08-20. */
export const subject = {
  registry: 'crates.io',
  crate: 'arrayref',
  version: '0.3.10',
  checksum: 'a'.repeat(64),
};

const contents: ContentsFact = {
  binaries: [],
  scripts: [],
  unlisted: 0,
  buildScriptMissing: false,
  procMacro: false,
  vcs: 'absent',
  manifest: 'no-original',
  oddNames: [],
  size: { packed: 100, unpacked: 1000, files: 3 },
};

/** Sound facts of it; `more` replaces some. */
export function factsOf(more: Facts = {}): Facts {
  const at = Date.parse('2026-08-20T00:00:00Z');
  return {
    age: ageFact({ published: at, firstSeen: at, arrival: 'new', crateFirstSeen: 0, cratePublished: 0 }, at),
    line: lineFact({ recordedChecksum: subject.checksum, checksum: subject.checksum }, at),
    blocks: blocksFact(subject.version, [], at),
    breakGlass: breakGlassFact([], at),
    decisions: decisionsFact([], at),
    yanks: yanksFact({ seen: [], appearedAt: at }, at),
    archive: known(archive(subject.checksum), 'archive', at),
    advisories: known({ matches: [], missing: [] }, 'advisories', at),
    history: historyFact(subject.version, [{ version: subject.version, published: at }], at),
    popularity: known({ uses: 1_000_000 }, 'popularity', at),
    typosquat: known({ resembles: [], compared: 1 }, 'names', at),
    firstParty: known({ claims: [], atHome: false }, 'policy', at),
    maintainers: known({ owners: [{ kind: 'team', id: 1, login: 'team' }] }, 'API', at),
    license: licenseFact({ expression: 'MIT', texts: [], problems: [] }, at),
    contents: known(contents, 'archive', at),
    ...more,
  };
}
