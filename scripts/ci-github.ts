import { appendFileSync, readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { ask, type Ci, commentBody, marker } from './ci-forge.ts';

type Env = Readonly<Record<string, string | undefined>>;

/** What of a workflow's event is looked at. */
interface Event {
  readonly before?: string;
  readonly pull_request?: {
    readonly number: number;
    readonly html_url?: string;
    readonly base: { readonly sha: string };
    readonly head: { readonly sha: string };
  };
  readonly merge_group?: { readonly base_sha: string };
}

interface Comment {
  readonly id: number;
  readonly body?: string | null;
  readonly user?: { readonly login: string } | null;
}

/** A run of GitHub Actions, as its variables and its event say. */
export function github(env: Env): Ci {
  const event = JSON.parse(readFileSync(env.GITHUB_EVENT_PATH ?? '', 'utf8')) as Event;
  const api = `${env.GITHUB_API_URL}/repos/${env.GITHUB_REPOSITORY}`;
  const headers = {
    accept: 'application/vnd.github+json',
    authorization: `Bearer ${env.SAFEGUARD_TOKEN ?? ''}`,
  };
  const pull = event.pull_request;
  return {
    base: env.SAFEGUARD_BASE || baseOf(event),
    change: changeOf(env, pull),
    logFormat: 'github',
    ...(pull === undefined || env.SAFEGUARD_COMMENT !== 'true'
      ? {}
      : {
          comment: (markdown) =>
            putComment(
              `${api}/issues`,
              pull.number,
              headers,
              env.SAFEGUARD_AUTHOR || 'github-actions[bot]',
              markdown,
            ),
        }),
    summary: (markdown) => {
      if (env.GITHUB_STEP_SUMMARY) appendFileSync(env.GITHUB_STEP_SUMMARY, markdown);
    },
    sarif: async (sarif) => {
      if (env.SAFEGUARD_UPLOAD !== 'true') return;
      await ask(`${api}/code-scanning/sarifs`, 'POST', headers, {
        commit_sha: pull?.head.sha ?? env.GITHUB_SHA,
        ref: pull === undefined ? env.GITHUB_REF : `refs/pull/${pull.number}/head`,
        sarif: gzipSync(sarif).toString('base64'),
        tool_name: 'safeguard',
      });
    },
  };
}

/** A pull request by its page; what was pushed, by its commit's. */
function changeOf(env: Env, pull: Event['pull_request']): Ci['change'] {
  if (pull?.html_url !== undefined) return { name: pull.html_url, head: pull.head.sha };
  const { GITHUB_SERVER_URL: server, GITHUB_REPOSITORY: repository, GITHUB_SHA: commit } = env;
  return server && repository && commit ? { name: `${server}/${repository}/commit/${commit}` } : undefined;
}

/** GitHub takes no longer comment. */
const longest = 65_536;
const pageSize = 100;

function baseOf(event: Event): string | undefined {
  const base = event.pull_request?.base.sha ?? event.merge_group?.base_sha ?? event.before;
  // The first push of a branch has nothing before it.
  return base === undefined || /^0+$/.test(base) ? undefined : base;
}

/** Only a comment of our own author is written over: with the marker alone, anybody could pass theirs off as ours. */
async function putComment(
  issues: string,
  number: number,
  headers: Readonly<Record<string, string>>,
  author: string,
  markdown: string,
): Promise<void> {
  const body = commentBody(markdown, longest);
  for (let page = 1; ; page++) {
    const address = `${issues}/${number}/comments?per_page=${pageSize}&page=${page}`;
    const comments = (await ask(address, 'GET', headers)) as readonly Comment[];
    const own = comments.find(
      (comment) => comment.user?.login === author && comment.body?.startsWith(marker) === true,
    );
    if (own !== undefined) {
      if (own.body !== body) await ask(`${issues}/comments/${own.id}`, 'PATCH', headers, { body });
      return;
    }
    if (comments.length < pageSize) break;
  }
  await ask(`${issues}/${number}/comments`, 'POST', headers, { body });
}
