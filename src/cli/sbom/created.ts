import { git } from '../../gate/project/git.ts';

/** When a document was made, RFC 3339 in UTC, and whether it is the same tomorrow. */
export interface Created {
  readonly at: string;
  readonly stable: boolean;
}

/** SOURCE_DATE_EPOCH where it is set (reproducible-builds.org), else the commit's time, else now. */
export async function createdAt(folder: string): Promise<Created> {
  const epoch = process.env.SOURCE_DATE_EPOCH;
  if (epoch !== undefined && /^\d{1,11}$/.test(epoch)) return { at: rfc3339(Number(epoch)), stable: true };
  const commit = await git(folder, ['log', '-1', '--format=%ct', 'HEAD']).catch(() => undefined);
  const seconds = commit?.code === 0 ? commit.text.trim() : '';
  return /^\d+$/.test(seconds)
    ? { at: rfc3339(Number(seconds)), stable: true }
    : { at: rfc3339(Math.floor(Date.now() / 1000)), stable: false };
}

function rfc3339(seconds: number): string {
  return new Date(seconds * 1000).toISOString().replace('.000Z', 'Z');
}
