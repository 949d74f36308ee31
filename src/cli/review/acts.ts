import { diskFiles } from '../../gate/project/files.ts';
import { approvalsOf } from '../../gate/review/approve.ts';
import { folderSource } from '../../gate/review/release-source.ts';
import { approvedVersion, type ReleaseReview, reviewRelease } from '../../gate/review/review.ts';
import type { Decision } from '../../policy/effect.ts';
import { loadLayers } from '../../policy/policy.ts';
import { type AllowFile, openAllowFile } from '../allow/file.ts';
import { vendoringOf, withFacts } from '../check/facts.ts';
import { CliError, type ExitCode, exit } from '../shared/error.ts';
import { parseRelease } from '../shared/release-id.ts';
import { print } from '../shared/terminal.ts';
import { knownRelease } from './known.ts';
import type { ReviewOptions } from './options.ts';
import { reviewLines } from './page.ts';
import { reviewPending } from './pending.ts';
import { openSources } from './sources.ts';
import { whoApproves } from './who.ts';

const exits: Readonly<Record<Decision, ExitCode>> = {
  allow: exit.ok,
  hold: exit.waiting,
  review: exit.waiting,
  deny: exit.problem,
};

/** Shows what a release runs at build time, and writes down a person's yes. */
export async function reviewHere(named: string | undefined, options: ReviewOptions): Promise<void> {
  const asked = [named !== undefined, options.path !== undefined, options.pending === true].filter(
    Boolean,
  ).length;
  if (asked !== 1)
    throw new CliError(
      'cli/usage',
      'a review is of one release, of one folder (--path), or of all that waits (--pending)',
      {
        next: 'For example: safeguard review ring@0.17.14',
      },
    );
  const list = await openAllowFile(options);
  if (options.pending === true) return await reviewPending(list, options);
  // Who says yes is settled before anything is fetched.
  const who = options.approve === true ? await whoApproves(options) : undefined;
  const { code, ...review } =
    options.path === undefined
      ? await reviewOfRelease(named ?? '', options, list)
      : reviewOfFolder(options.path, list);
  if (options.format === 'json') print(JSON.stringify(review, null, 2));
  else for (const line of reviewLines({ ...review, code })) print(line);
  if (who === undefined) {
    process.exitCode = exits[review.verdict];
    return;
  }
  const { crate, version } = review;
  const entries = approvalsOf(
    crate,
    version,
    code,
    { ...who, at: Date.now(), expires: options.expires },
    review.partOf,
  );
  if (entries.length === 0)
    throw new CliError(
      'cli/refused',
      `nothing of ${crate} ${version} runs at build time: there is nothing to approve of`,
    );
  list.add(entries);
  if (options.format === 'text')
    print(`Written to ${list.name}: ${entries.map(({ kind }) => kind).join(', ')} of ${crate} ${version}.`);
}

function reviewOfFolder(path: string, list: AllowFile): ReleaseReview {
  const source = folderSource(path.replace(/\/+$/, ''), diskFiles);
  const subject = { crate: source.name, version: source.version ?? '0.0.0', source };
  const policy = loadLayers({ project: list.policy });
  return reviewRelease(subject, undefined, {
    approvals: list.approvals,
    policy,
    partOf: [],
    now: Date.now(),
  });
}

async function reviewOfRelease(
  named: string,
  options: ReviewOptions,
  list: AllowFile,
): Promise<ReleaseReview> {
  const { crate, version } = parseRelease(named);
  const { git, sha256, partOf, organisation } = await withFacts(
    options,
    list.policy,
    (port) => knownRelease(port, list, crate, version),
    [vendoringOf(list.folder, list.packages)],
  );
  const policy = loadLayers({ organisation, project: list.policy });
  const sources = openSources(options, list);
  try {
    const subject =
      git === undefined ? await sources.open(crate, version, sha256) : await sources.openLocked(git);
    const by = { approvals: list.approvals, policy, partOf, now: Date.now() };
    const alone = reviewRelease(subject, undefined, by);
    const other = options.against ?? approvedVersion(list.approvals.of(crate).approvals, alone.standings);
    if (other === undefined || other === version) return alone;
    const before = git === undefined ? await sources.openIfThere(crate, other, list) : undefined;
    if (before === undefined && options.against !== undefined)
      throw new CliError(
        'cli/usage',
        `${crate} ${other} is not to be had, so nothing can be compared with it`,
      );
    return before === undefined ? alone : reviewRelease(subject, before, by);
  } finally {
    await sources.close();
  }
}
