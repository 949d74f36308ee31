import { STATUS_CODES } from 'node:http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { ZodError } from 'zod';
import { InventoryError } from '../inventory/error.ts';
import { RegistryError } from '../registry/error.ts';
import { StoreError } from '../store/error.ts';
import type { ProblemJson } from './contract.ts';

/** What is answered when something cannot be answered. */
export interface Problem {
  readonly status: number;
  readonly code: string;
  readonly detail: string;
  /** Seconds. */
  readonly retryAfter?: number;
}

const patience = 30;
/** For what ends with the database's next answer. */
const soon = 5;

/**
 * The answer to an error. A failing upstream or store is 503, so that cargo asks again and nobody takes it for "no such
 * crate"; what an upstream refuses for good is 502. Anything unforeseen says nothing of its insides.
 */
export function problemOf(error: unknown): Problem {
  if (error instanceof RegistryError) return registryProblem(error);
  if (error instanceof InventoryError) return inventoryProblem(error);
  if (error instanceof StoreError)
    return { status: 503, code: error.code, detail: storeDetail(error), retryAfter: patience };
  const status = (error as { statusCode?: unknown }).statusCode;
  if (status === 414)
    return {
      status,
      code: 'server/bad-request',
      detail: 'A part of the address is longer than 256 characters.',
    };
  if (typeof status === 'number' && status >= 400 && status < 500) {
    return {
      status,
      code: 'server/bad-request',
      detail: error instanceof Error ? error.message : 'Bad request.',
    };
  }
  return { status: 500, code: 'server/internal', detail: 'Safeguard failed to answer; its log says why.' };
}

/** What a client may know of a failing store: the files of this machine are for its log. */
function storeDetail({ code, details }: StoreError): string {
  if (code === 'store/full')
    return 'The disk of Safeguard is full: nothing new is taken until it has space; what is here is served.';
  if (code !== 'store/damaged') return 'The store of Safeguard does not answer; its log says why.';
  const where = details.key === undefined ? '' : ` (${details.table}: ${details.key})`;
  return `What Safeguard keeps of it is damaged${where}: it serves nothing that it cannot judge. Its log says what to do.`;
}

function inventoryProblem({ code, message, next }: InventoryError): Problem {
  const detail = next === undefined ? message : `${message} ${next}`;
  switch (code) {
    case 'inventory/no-artefact':
    case 'inventory/no-advisory':
    case 'inventory/no-clock':
    case 'inventory/no-deployment':
    case 'inventory/no-upload':
      return { status: 404, code, detail };
    case 'inventory/ambiguous':
    case 'inventory/no-advisories':
    case 'inventory/part':
    case 'inventory/uploads':
      return { status: 409, code, detail };
    case 'inventory/question':
      return { status: 400, code, detail };
    case 'inventory/statement':
    case 'inventory/too-many':
      return { status: 422, code, detail };
  }
}

function registryProblem(error: RegistryError): Problem {
  const { code, message: detail } = error;
  switch (code) {
    case 'registry/unknown-upstream':
      return { status: 404, code, detail };
    case 'registry/not-allowed':
      return { status: 409, code, detail };
    case 'registry/behind':
      return { status: 503, code, detail, retryAfter: soon };
    case 'registry/unreachable':
      return { status: 503, code, detail, retryAfter: patience };
    case 'registry/refused': {
      const passing = error.status === undefined || error.status >= 500 || error.status === 429;
      return passing
        ? { status: 503, code, detail, retryAfter: Math.max(1, Math.min(error.retryAfter ?? patience, 3600)) }
        : { status: 502, code, detail };
    }
    case 'registry/not-followed':
    case 'registry/unauthorised':
    case 'registry/bad-index':
    case 'registry/bad-config':
    case 'registry/too-large':
    case 'registry/too-slow':
      return { status: 502, code, detail };
  }
}

/** Sends a problem: JSON to whoever asks for it and on the API, else plain text, which cargo prints as it stands. */
export function sendProblem(request: FastifyRequest, reply: FastifyReply, problem: Problem): FastifyReply {
  if (problem.retryAfter !== undefined) reply.header('retry-after', String(problem.retryAfter));
  reply.status(problem.status).header('cache-control', 'no-store');
  if (!wantsJson(request)) return reply.type('text/plain; charset=utf-8').send(`${problem.detail}\n`);
  return sendProblemJson(reply, problemJson(problem));
}

/** A problem as JSON: problem details (RFC 9457), with the `errors` that cargo reads. */
export function problemJson({ status, code, detail }: Problem): ProblemJson {
  return { title: STATUS_CODES[status] ?? 'Refused', status, detail, code, errors: [{ detail, code }] };
}

/** Sends problem details as what they are. */
export function sendProblemJson(reply: FastifyReply, body: ProblemJson): FastifyReply {
  return reply.type('application/problem+json; charset=utf-8').serializer(JSON.stringify).send(body);
}

/** Refuses a question, or a body, that does not say what it must: `detail` is what to give. */
export function badRequest(request: FastifyRequest, reply: FastifyReply, detail: string): FastifyReply {
  return sendProblem(request, reply, { status: 400, code: 'server/bad-request', detail });
}

/** Where a body is not what it must be, in brackets and after a space, for the end of what is to be given. */
export function whereWrong({ issues: [issue] }: Pick<ZodError, 'issues'>): string {
  return issue === undefined ? '' : ` (at ${issue.path.join('.') || 'the top'}: ${issue.message})`;
}

/** Whether the answer is to be JSON: on the web API always, elsewhere when it is asked for by name. */
export function wantsJson(request: FastifyRequest): boolean {
  return isApi(request.url) || (request.headers.accept ?? '').includes('json');
}

function isApi(url: string): boolean {
  return url.startsWith('/api/') || url.includes('/api/v1/');
}
