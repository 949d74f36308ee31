import { z } from 'zod';
import { problemSchema } from '../contract.ts';
import { keyHeader, keyWords, replayedHeader, takesKeys } from '../idempotency.ts';
import type { Said } from '../identity/needs.ts';
import { type Permission, rolesFor } from '../identity/roles.ts';

/** A route of the web API, as it was added. */
export interface DescribedRoute {
  readonly method: string;
  /** As the router has it: `/api/v1/releases/:crate/:version`. */
  readonly url: string;
  readonly needs: Permission;
  readonly said: Said;
}

/** The routes as an OpenAPI document (OAS 3.1.1): made of the very schemas that requests and answers go by. */
export function openApi(routes: readonly DescribedRoute[], version: string): object {
  const paths: Record<string, Record<string, object>> = {};
  for (const route of [...routes].sort((a, b) => (a.url < b.url ? -1 : 1))) {
    const path = route.url.replace(/:([A-Za-z]+)/g, '{$1}');
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: operation(route) };
  }
  return {
    openapi: '3.1.1',
    info: {
      title: 'Safeguard',
      version,
      description: 'What the command line asks. Times are RFC 3339 in UTC, checksums lower-case hex.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    paths,
    components: {
      securitySchemes: {
        token: { type: 'http', scheme: 'bearer', description: 'What `safeguard token create` prints.' },
      },
      responses: {
        waiting: {
          description: 'Too much was asked for: ask again after the time that it says.',
          headers: {
            'Retry-After': { description: 'Seconds.', required: true, schema: { type: 'integer' } },
          },
          content: { 'application/problem+json': { schema: schemaOf(problemSchema, 'output') } },
        },
        refused: {
          description: 'Why not: a sentence, and a code that does not change.',
          content: { 'application/problem+json': { schema: schemaOf(problemSchema, 'output') } },
        },
      },
    },
  };
}

function operation(route: DescribedRoute): object {
  const { method, url, needs, said } = route;
  const { summary, query, body, answer, statuses = [200] } = said;
  const names = [...url.matchAll(/:([A-Za-z]+)/g)].map(([, name = '']) => name);
  const inPath = names.map((name) => ({ name, in: 'path', required: true, schema: { type: 'string' } }));
  const content =
    answer === 'text'
      ? { 'text/plain': { schema: { type: 'string' } } }
      : answer === 'events'
        ? // Without a schema: OpenAPI 3.1 leaves open whether that would be of the whole text or of each event.
          { 'text/event-stream': {} }
        : { 'application/json': { schema: schemaOf(answer, 'output') } };
  const headers = isTagged(route) ? etag : takesKeys(method, needs) ? replayed : {};
  const done = statuses.map((status) => [String(status), { description: 'Done.', headers, content }]);
  return {
    operationId: operationId(method, url),
    summary,
    ...(needs === 'anything'
      ? {}
      : {
          description: `For a token of the role ${rolesFor(needs).join(' or ')}.`,
          security: security(needs),
        }),
    parameters: [
      ...inPath,
      ...(query === undefined ? [] : parametersOf(query)),
      ...(takesKeys(method, needs) ? [keyParameter(said)] : []),
      ...(isTagged(route) ? [ifNoneMatch] : []),
    ],
    ...(body === undefined
      ? {}
      : {
          requestBody: {
            required: true,
            content: { 'application/json': { schema: schemaOf(body, 'input') } },
          },
        }),
    responses: {
      ...Object.fromEntries(done),
      ...(isTagged(route) ? { 304: { description: 'What was asked for is as it was.', headers: etag } } : {}),
      ...refusals(route),
    },
  };
}

/**
 * Statuses of every route: a request that says not what it must or cannot be read, one that is late, one too many, and
 * a store that is away.
 */
const always = [400, 408, 429, 431, 503];

/** Each status that a route may refuse with, by what it is. */
function refusals({ method, url, needs, said }: DescribedRoute): Readonly<Record<string, object>> {
  const statuses = [
    ...always,
    ...(needs === 'anything' ? [] : [401, 403]),
    ...(url.includes(':') ? [404, 414] : []),
    ...(said.body === undefined ? [] : [413, 415]),
    ...(takesKeys(method, needs) ? [409, 422] : []),
    ...(said.refusals ?? []),
  ];
  return Object.fromEntries(
    statuses.map((status) => [
      String(status),
      { $ref: `#/components/responses/${status === 429 ? 'waiting' : 'refused'}` },
    ]),
  );
}

/** What an open server gives to everybody, a closed one gives for a token: either is fine. */
function security(needs: Permission): readonly object[] {
  return needs === 'releases:read' ? [{}, { token: [] }] : [{ token: [] }];
}

/** Whether answers carry an ETag: what is read, but no stream. */
function isTagged({ method, said }: DescribedRoute): boolean {
  return method === 'GET' && said.answer !== 'events';
}

const etag = {
  ETag: { description: 'Of these very bytes (RFC 9110).', required: true, schema: { type: 'string' } },
};
const ifNoneMatch = {
  name: 'If-None-Match',
  in: 'header',
  description: 'ETags of what the client has: where it still is that, the answer is 304.',
  schema: { type: 'string' },
};
const replayed = {
  [replayedHeader]: {
    description: '`true`: this is the answer to the same request of before.',
    schema: { type: 'string' },
  },
};

function keyParameter(said: Said): object {
  return {
    name: keyHeader,
    in: 'header',
    description: keyWords(said),
    schema: { type: 'string', pattern: '^[!-~]{1,200}$' },
  };
}

/** `POST /api/v1/notify/test` is `postNotifyTest`. */
function operationId(method: string, url: string): string {
  const words = url.replace('/api/v1/', '').split(/[^A-Za-z]+/);
  return method.toLowerCase() + words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('');
}

function parametersOf(query: z.ZodObject): readonly object[] {
  const { properties = {}, required = [] } = schemaOf(query, 'input') as {
    properties?: Record<string, { description?: string }>;
    required?: readonly string[];
  };
  return Object.entries(properties).map(([name, { description, ...schema }]) => ({
    name,
    in: 'query',
    required: required.includes(name),
    ...(description === undefined ? {} : { description }),
    schema,
  }));
}

/** JSON Schema (2020-12) of what comes in, or goes out. */
function schemaOf(schema: z.ZodType, io: 'input' | 'output'): object {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: 'any' });
  return rest;
}
