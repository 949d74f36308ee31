import type { z } from 'zod';
import type { Permission } from './roles.ts';

/** What a route of the web API says of itself, with the schemas that it reads and writes by. */
export interface Said {
  /** A few words, in the imperative. */
  readonly summary: string;
  readonly query?: z.ZodObject;
  readonly body?: z.ZodType;
  /** What is answered when all is well; a text or a stream of events where it is no JSON. */
  readonly answer: z.ZodType | 'text' | 'events';
  /** Whether the answer holds what is shown only once. */
  readonly secret?: true;
  /** Statuses of such an answer; absent: 200. */
  readonly statuses?: readonly number[];
  /** Where an answer costs much work: how many one person, or address, may ask for in five minutes. */
  readonly most?: number;
  /** Statuses of refusals beside those that follow from who asks and from what is sent. */
  readonly refusals?: readonly number[];
}

declare module 'fastify' {
  interface FastifyContextConfig {
    /** What a caller must be allowed; each route says it. */
    readonly needs?: Permission;
    /** Of the web API, each route says it. */
    readonly said?: Said;
  }
}

/** What a route says of itself: `app.get(path, needs('inventory:read', { summary, answer }), …)`. */
export function needs(
  permission: Permission,
  said?: Said,
): { readonly config: { readonly needs: Permission; readonly said?: Said } } {
  return { config: { needs: permission, ...(said === undefined ? {} : { said }) } };
}
