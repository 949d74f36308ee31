import { DeliveryError } from './error.ts';

/** Posts JSON and is content with any success. Redirects are not followed: a target is where the operator says it is. */
export async function postJson(
  url: URL,
  body: string,
  headers: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<void> {
  // Read where something is posted: it is a large part of a start.
  const { request } = await import('undici');
  const answer = await request(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'user-agent': 'safeguard', ...headers },
    body,
    signal,
    // The next one is hours away.
    reset: true,
  });
  const { statusCode: status } = answer;
  // What it says is not read on: it may repeat what it was sent.
  await answer.body.dump({ limit: 64 * 1024, signal });
  if (status >= 200 && status < 300) return;
  const seconds = Number(answer.headers['retry-after']);
  throw new DeliveryError(`it answered with status ${status}`, seconds > 0 ? seconds * 1000 : undefined);
}
