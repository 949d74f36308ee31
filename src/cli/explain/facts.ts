import type { FactName, FactTypes } from '../../facts/map.ts';
import type { ExplanationJson } from '../../server/contract.ts';
import { sayTime } from '../shared/when.ts';

type Release = Extract<ExplanationJson, { kind: 'release' }>;
type Judged = Release['case']['facts'];

/** Each fact as a sentence: what it is, what is known or why nothing is, from whom and of which day. */
export function factLines(facts: Judged): readonly string[] {
  return Object.entries(facts).map(([name, fact]) => {
    const known = fact.kind === 'known' ? said(name, fact.value) : `not known: ${String(fact.reason)}`;
    return `${labels[name as FactName] ?? name}: ${known} (${fact.source}, ${fact.at.slice(0, 10)})`;
  });
}

/** A server of another version may know facts that are told otherwise: those are shown as they came. */
function said(name: string, value: unknown): string {
  const say = sentences[name as FactName] as ((value: unknown) => string) | undefined;
  if (say === undefined) return shortly(value);
  try {
    return say(value);
  } catch (error) {
    if (error instanceof TypeError || error instanceof RangeError) return shortly(value);
    throw error;
  }
}

const labels: { readonly [Name in FactName]?: string } = {
  line: 'index line',
  breakGlass: 'break-glass',
  firstParty: 'whose name it is',
  typosquat: 'names that it resembles',
  maintainers: 'owners',
  license: 'licence',
  contents: 'what is in the archive',
  std: 'standard library',
  code: 'what runs at build time',
};

const sentences: { readonly [Name in FactName]?: (fact: FactTypes[Name]) => string } = {
  age: ({ published, firstSeen, arrival, cratePublished, dependenciesChangedAt }) =>
    listed([
      published === undefined ? 'nobody says when it was published' : `published ${moment(published)}`,
      `first seen here ${moment(firstSeen)}${arrival === 'new' ? ', after the crate' : ''}`,
      cratePublished !== undefined && `its crate is there since ${moment(cratePublished)}`,
      dependenciesChangedAt !== undefined && `its dependencies changed ${moment(dependenciesChangedAt)}`,
    ]),
  line: ({ recordedChecksum, checksum, sameVersionAs, dependenciesChangedAt }) =>
    listed([
      recordedChecksum === checksum
        ? `SHA-256 ${checksum}, as at first sight`
        : `SHA-256 ${checksum}, and ${recordedChecksum} at first sight`,
      sameVersionAs !== undefined && `the same version as ${sameVersionAs}`,
      dependenciesChangedAt !== undefined && `its dependencies changed ${moment(dependenciesChangedAt)}`,
    ]),
  blocks: ({ blocks }) =>
    listedOr(
      blocks.map(
        ({ version, by, reason, at }) => `${version ?? 'every version'} by ${by}, ${moment(at)}: ${reason}`,
      ),
      'nobody blocks it',
    ),
  decisions: ({ decisions }) =>
    listedOr(
      decisions.map(
        ({ kind, by, reason, at }) =>
          `${kind === 'approve' ? 'approved' : 'rejected'} by ${by}, ${moment(at)}: ${reason}`,
      ),
      'nobody decided on it',
    ),
  breakGlass: ({ requests }) =>
    listedOr(
      requests.map(({ by, reason, at }) => `asked by ${by}, ${moment(at)}: ${reason}`),
      'nobody asked',
    ),
  yanks: ({ seen }) =>
    listedOr(
      seen.map(({ version, at }) => `${version} was yanked ${moment(at)}`),
      'none of older releases was seen',
    ),
  history: ({ previous, earlier, undated }) =>
    listed([
      previous === undefined
        ? 'the first of its crate'
        : `${counted(earlier, 'release')} before it, ${previous.version} the last of them, ${moment(previous.published)}`,
      undated > 0 && `${counted(undated, 'release')} without a date`,
    ]),
  advisories: ({ matches, missing }) =>
    listed([
      listedOr(
        matches.map(
          ({ id, title, severity }) => `${id}${severity === undefined ? '' : ` (${severity})`}: ${title}`,
        ),
        'none is about it',
      ),
      ...missing,
    ]),
  typosquat: ({ resembles, compared }) =>
    listedOr(
      resembles.map(({ why, strength }) => `its name ${why} (${strength})`),
      `none of ${compared}`,
    ),
  popularity: ({ downloads, recentDownloads, dependents, rank }) =>
    listedOr(
      [
        downloads === undefined ? undefined : `${grouped(downloads)} downloads`,
        recentDownloads === undefined ? undefined : `${grouped(recentDownloads)} of them in 90 days`,
        dependents === undefined ? undefined : `${counted(dependents, 'crate')} depend on it`,
        rank === undefined ? undefined : `number ${rank} of the most used crates`,
      ].filter((part) => part !== undefined),
      'not among the most used crates',
    ),
  firstParty: ({ claims, atHome }) =>
    claims.length === 0
      ? 'nobody’s here'
      : `the organisation’s by ${claims.map(({ kind, value }) => `the ${kind} ${value}`).join(', ')}${atHome ? ', and it is at home' : ', and it comes from elsewhere'}`,
  maintainers: ({ owners, publisher, trustedPublishingOnly }) =>
    listed([
      listedOr(
        owners.map(({ login, kind, since }) => {
          const from = since === undefined ? '' : ` since ${moment(since)}`;
          return `${kind === 'team' ? 'the team ' : ''}${login}${from}`;
        }),
        'none',
      ),
      publisher === null && 'published by a trusted publisher’s workflow',
      publisher != null && `published by ${publisher.login}`,
      trustedPublishingOnly === true && 'takes releases from trusted publishers only',
    ]),
  vet: ({ met, violations, exemptionOnly, missing = [] }) =>
    listed([
      met.length === 0
        ? 'nobody vouches for it'
        : `meets ${[...new Set(met.map(({ criterion }) => criterion))].join(', ')}`,
      exemptionOnly && 'by an exemption alone',
      ...violations.map(
        ({ organisation, criteria }) => `${organisation} says it is not ${criteria.join(', ')}`,
      ),
      ...missing,
    ]),
  crev: ({ reviews, issues, strangers, missing = [] }) =>
    listed([
      reviews.length === 0
        ? 'nobody trusted has reviewed it'
        : `${counted(reviews.length, 'review')}, best trusted: ${reviews[0]?.rating}`,
      issues.length > 0 && `${counted(issues.length, 'known problem')}`,
      strangers > 0 && `${counted(strangers, 'review')} by people outside, which count for nothing`,
      ...missing,
    ]),
  archive: ({ size, unpackedSize, files, problems }) =>
    listed([
      `${grouped(size)} bytes, ${grouped(unpackedSize)} unpacked in ${counted(files, 'file')}`,
      ...problems,
    ]),
  license: ({ expression, texts, problems }) =>
    listed([
      expression ?? 'its manifest names none',
      texts.length > 0 &&
        `texts ${texts.map(({ file, id, confidence }) => `${file} (${id === undefined ? 'of no known licence' : `${id}, ${Math.round(confidence * 100)} %`})`).join(', ')}`,
      ...problems,
    ]),
  contents: ({ binaries, scripts, unlisted, buildScript, procMacro, vcs, manifest, oddNames }) =>
    listed([
      listedOr(
        binaries.map(({ path, kind }) => `${path} (${kind.format})`),
        'no binaries',
      ),
      scripts.length > 0 && `scripts ${scripts.map(({ path }) => path).join(', ')}`,
      unlisted > 0 && `${unlisted} more`,
      buildScript !== undefined && `build script ${buildScript}`,
      procMacro && 'macros',
      typeof vcs === 'string'
        ? vcs === 'absent'
          ? 'no commit named'
          : 'its commit cannot be read'
        : `commit ${vcs.commit.slice(0, 12)}${vcs.dirty ? ' and files that it does not have' : ''}`,
      Array.isArray(manifest) &&
        manifest.length > 0 &&
        `Cargo.toml differs from its original: ${manifest.join(', ')}`,
      oddNames.length > 0 && `paths that read otherwise than they are: ${oddNames.join(', ')}`,
    ]),
  std: ({ noStd, std, alloc }) =>
    listed([
      noStd.length === 0 ? 'needs it' : 'can do without it, with the right features',
      noStd.length > 0 && std.length > 0 && `${counted(std.length, 'place')} that bring it in`,
      noStd.length > 0 && alloc.length > 0 && 'alloc in places',
    ]),
  code: ({ tier, reasons, buildScript, macros, unread }) =>
    listed([
      `${tier}: ${reasons.join(', ')}`,
      buildScript !== undefined && `build script: ${withoutStop(buildScript.summary)}`,
      macros !== undefined && `macros (${macros.exports.join(', ')}): ${withoutStop(macros.summary)}`,
      unread ?? false,
    ]),
};

/** The parts that are there, each within bounds, as one sentence. */
function listed(parts: readonly (string | false)[]): string {
  const there = parts.filter((part) => part !== false);
  const shown = there
    .slice(0, most)
    .map((part) => (part.length > longest ? `${part.slice(0, longest)}…` : part));
  return there.length > most ? `${shown.join('; ')}; and ${there.length - most} more` : shown.join('; ');
}

function listedOr(parts: readonly string[], none: string): string {
  return parts.length === 0 ? none : listed(parts);
}

const most = 12;
const longest = 500;

function shortly(value: unknown): string {
  const text = JSON.stringify(value) ?? '';
  return text.length > longest ? `${text.slice(0, longest)}…` : text;
}

function moment(time: number): string {
  return sayTime(new Date(time).toISOString());
}

function counted(count: number, thing: string): string {
  return `${grouped(count)} ${thing}${count === 1 ? '' : 's'}`;
}

function grouped(number: number): string {
  return number.toLocaleString('en');
}

function withoutStop(text: string): string {
  return text.replace(/\.$/, '');
}
