import { createHash } from 'node:crypto';
import type {
  FastifyInstance,
  FastifyRequest,
  onSendAsyncHookHandler,
  preHandlerAsyncHookHandler,
} from 'fastify';
import type { AnswerRecord } from '../store/answers.ts';
import type { Store } from '../store/store.ts';
import { badRequest, sendProblem } from './errors.ts';
import { callerOf } from './identity/guard.ts';
import type { Said } from './identity/needs.ts';
import type { Permission } from './identity/roles.ts';

/** The header's name (draft-ietf-httpapi-idempotency-key-header), and that of an answer which is one of before. */
export const keyHeader = 'idempotency-key';
export const replayedHeader = 'idempotency-replayed';

/** Milliseconds that answers are kept, and in which a request is taken to be under way. */
const kept = 24 * 3_600_000;
const underWay = 60_000;

/** What reads, however it is sent: sending it again does nothing anyway. */
const readOnly: readonly Permission[] = ['anything', 'releases:read', 'policy:try'];

/** Whether a route of the web API does something, for somebody who is known. */
export function takesKeys(method: string, needs: Permission): boolean {
  return method !== 'GET' && method !== 'HEAD' && !readOnly.includes(needs);
}

/**
 * Carries a request out once, however often it is sent with the same `Idempotency-Key` by the same person: what comes
 * again has the first answer again. Keys are kept for a day, in the store: it does not matter which replica is asked.
 * Where an answer holds a secret it is not kept, and a second request is refused. A request whose server ended before
 * it answered counts as never sent after a minute.
 */
export function answerOnce(
  app: FastifyInstance,
  { store, now }: { readonly store: Pick<Store, 'write'>; readonly now: () => number },
): void {
  const begun = new WeakMap<FastifyRequest, Pick<AnswerRecord, 'caller' | 'key' | 'request' | 'at'>>();
  app.addHook('onRoute', (route) => {
    const { said, needs } = route.config ?? {};
    // Index files and downloads come by thousands, and never with a key.
    if (said === undefined || needs === undefined) return;
    if (![route.method].flat().some((method) => takesKeys(method, needs))) return;
    route.preHandler = [begin, ...[route.preHandler ?? []].flat()];
    route.onSend = [...[route.onSend ?? []].flat(), finish];
  });
  const begin: preHandlerAsyncHookHandler = async (request, reply) => {
    const key = request.headers[keyHeader];
    if (key === undefined) return;
    if (typeof key !== 'string' || !/^[!-~]{1,200}$/.test(key))
      return badRequest(request, reply, 'An Idempotency-Key is 1 to 200 visible characters, such as a UUID.');
    const at = now();
    const one = { caller: callerOf(request).name, key, request: digestOf(request), at };
    const before = await store.write((tx) =>
      tx.answering((answers) => answers.begin(one, { forget: at - kept, abandoned: at - underWay })),
    );
    if (before === undefined) return void begun.set(request, one);
    const refuse = (status: number, code: string, detail: string) =>
      sendProblem(request, reply, { status, code, detail });
    if (before.request !== one.request)
      return refuse(
        422,
        'server/key-reused',
        'That Idempotency-Key was sent with another request: make a new one.',
      );
    if (before.status === null)
      return refuse(409, 'server/under-way', 'That request is under way: ask again in a minute.');
    if (before.body === null)
      return refuse(409, 'server/already-done', 'That request was carried out; its answer is shown once.');
    const type = before.status < 400 ? 'application/json' : 'application/problem+json';
    return reply
      .status(before.status)
      .header(replayedHeader, 'true')
      .type(`${type}; charset=utf-8`)
      .send(Buffer.from(before.body));
  };
  const finish: onSendAsyncHookHandler = async (request, reply, payload) => {
    const one = begun.get(request);
    if (one === undefined) return;
    const { statusCode: status } = reply;
    const isSecret = status < 400 && request.routeOptions.config.said?.secret === true;
    const body = typeof payload === 'string' && !isSecret ? payload : null;
    // What failed on our side may be tried again.
    await store.write((tx) =>
      tx.answering(async (answers) => {
        if (status >= 500) await answers.drop(one);
        else await answers.finish({ ...one, status, body });
      }),
    );
  };
}

/** SHA-256 (hex) of what a request asks, and as whom: an answer to one role is none to another of the same person. */
function digestOf(request: FastifyRequest): string {
  const { method, url, body } = request;
  return createHash('sha256')
    .update(JSON.stringify([callerOf(request).role, method, url, body ?? null]))
    .digest('hex');
}

/** What a route that takes keys says of them. */
export function keyWords(said: Said): string {
  return said.secret === true
    ? 'Sent again with the same key, it is refused: the answer is shown once.'
    : 'Sent again with the same key, it is answered as before and does nothing again.';
}
