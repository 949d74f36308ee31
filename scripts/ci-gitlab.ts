import { ask, type Ci, commentBody, marker } from './ci-forge.ts';

type Env = Readonly<Record<string, string | undefined>>;

interface Note {
  readonly id: number;
  readonly body: string;
  readonly author: { readonly id: number };
}

/** A job of GitLab CI, as its variables say. Without a token of the project there is no comment, as jobs may write none. */
export function gitlab(env: Env): Ci {
  const merge = env.CI_MERGE_REQUEST_IID;
  const api = env.CI_API_V4_URL ?? '';
  const token = env.SAFEGUARD_TOKEN;
  return {
    base: env.SAFEGUARD_BASE || env.CI_MERGE_REQUEST_DIFF_BASE_SHA || undefined,
    change: changeOf(env),
    logFormat: 'terminal',
    ...(merge === undefined || !token
      ? {}
      : {
          comment: (markdown) =>
            putNote(
              api,
              `${api}/projects/${env.CI_PROJECT_ID}/merge_requests/${merge}/notes`,
              token,
              markdown,
            ),
        }),
    summary: () => {},
    // The file stays as the job's artifact.
    sarif: async () => {},
  };
}

/** A merge request by its page; what was pushed, by its commit's. Where a merge of it is checked out, its own commit is named. */
function changeOf(env: Env): Ci['change'] {
  const { CI_PROJECT_URL: project, CI_MERGE_REQUEST_IID: number, CI_COMMIT_SHA: commit } = env;
  if (number !== undefined && (env.CI_MERGE_REQUEST_PROJECT_URL ?? project) !== undefined)
    return {
      name: `${env.CI_MERGE_REQUEST_PROJECT_URL ?? project}/-/merge_requests/${number}`,
      head: env.CI_MERGE_REQUEST_SOURCE_BRANCH_SHA || undefined,
    };
  return project && commit ? { name: `${project}/-/commit/${commit}` } : undefined;
}

/** GitLab takes no longer note. */
const longest = 1_000_000;
const pageSize = 100;

async function putNote(api: string, notes: string, token: string, markdown: string): Promise<void> {
  const headers = { 'private-token': token };
  const body = commentBody(markdown, longest);
  const { id: author } = (await ask(`${api}/user`, 'GET', headers)) as { readonly id: number };
  for (let page = 1; ; page++) {
    const all = (await ask(`${notes}?per_page=${pageSize}&page=${page}`, 'GET', headers)) as readonly Note[];
    const own = all.find((note) => note.author.id === author && note.body.startsWith(marker));
    if (own !== undefined) {
      if (own.body !== body) await ask(`${notes}/${own.id}`, 'PUT', headers, { body });
      return;
    }
    if (all.length < pageSize) break;
  }
  await ask(notes, 'POST', headers, { body });
}
