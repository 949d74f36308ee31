/** The place where GitHub gives a job its tokens, on loopback: a new one each time, for whoever has the word. */
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Cleanup } from './temp.ts';

export interface GitHubJob {
  /** Tokens that were given. */
  readonly given: readonly string[];
  /** Variables of the job. */
  readonly env: Readonly<Record<string, string>>;
}

/** What opens that place to the job. */
export const jobsWord = 'the-word';

export async function gitHubJob(
  t: Cleanup,
  audience: string,
  token: () => Promise<string>,
): Promise<GitHubJob> {
  const given: string[] = [];
  const server = createServer((asked, answer) => {
    const isJob = asked.headers.authorization === `Bearer ${jobsWord}`;
    assert.equal(new URL(asked.url ?? '', 'http://x').searchParams.get('audience'), audience);
    token().then(
      (value) => {
        given.push(value);
        answer.writeHead(isJob ? 200 : 401).end(JSON.stringify({ value }));
      },
      () => answer.destroy(),
    );
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/token?job=1`;
  return { given, env: { ACTIONS_ID_TOKEN_REQUEST_URL: url, ACTIONS_ID_TOKEN_REQUEST_TOKEN: jobsWord } };
}
