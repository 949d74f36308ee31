import type { ErrorsJson } from '../../../src/server/contract.ts';

/** What the server refused, in its own words. */
export class ApiProblem extends Error {
  override readonly name = 'ApiProblem';
  /** HTTP status; 0: the server does not answer. */
  readonly status: number;
  readonly code: string | undefined;

  constructor(status: number, code: string | undefined, detail: string, cause?: unknown) {
    super(detail, { cause });
    this.status = status;
    this.code = code;
  }
}

/** Asks the API. `path` begins with `/api/`; a `body` is sent as JSON. Throws `ApiProblem`. */
export async function ask<T>(path: string, method = 'GET', body?: unknown): Promise<T> {
  let response: Response;
  try {
    response = await fetch(path, {
      method,
      credentials: 'same-origin',
      headers: body === undefined ? {} : { 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  } catch (error) {
    throw new ApiProblem(0, undefined, 'The server does not answer.', error);
  }
  const answer: unknown = await response.json().catch(() => undefined);
  if (response.ok) return answer as T;
  const [first] = (answer as ErrorsJson | undefined)?.errors ?? [];
  throw new ApiProblem(
    response.status,
    first?.code,
    first?.detail ?? `The server answered ${response.status}.`,
  );
}

/** A path with its query; what is absent or empty is left out. */
export function withQuery(
  path: string,
  query: Readonly<Record<string, string | number | undefined>>,
): string {
  const said = Object.entries(query).filter(([, value]) => value !== undefined && value !== '');
  return said.length === 0 ? path : `${path}?${new URLSearchParams(said.map(([k, v]) => [k, String(v)]))}`;
}
