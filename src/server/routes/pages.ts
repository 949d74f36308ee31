import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { sendProblem } from '../errors.ts';
import { namesOneOf } from '../etag.ts';
import { needs } from '../identity/needs.ts';
import { type PageFile, type Pages, readPages } from '../pages.ts';

/**
 * Nothing is loaded from any other place, nothing that stands in a page is run, no text becomes markup, and no other place shows a
 * page inside its own (CSP level 3, Trusted Types).
 */
const contentPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  // The one worker of the pages: its address is checked by the policy of that name.
  'trusted-types layout',
].join('; ');

/** What a file of the pages may do where it is run or shown by itself: load more of them. */
const assetPolicy = "default-src 'none'; script-src 'self'; frame-ancestors 'none'";

/** Addresses of pages: what stands there is for the document to say. A test holds them against the pages' own. */
export const pageAddresses = [
  '/',
  '/quarantine',
  '/requests',
  '/changes',
  '/changes/:id',
  '/graph',
  '/approvals',
  '/artefacts',
  '/artefacts/:id',
  '/running',
  '/affected',
  '/policy',
  '/audit',
  '/tokens',
  '/settings',
  '/sign-in',
] as const;

/** The pages, and where there are none a word of how to get them. */
export function pageRoutes(app: FastifyInstance): void {
  // Most servers start for cargo alone: the pages are read with the first that is opened.
  let kept: { readonly pages: Pages | undefined } | undefined;
  const pagesHere = () => {
    kept ??= { pages: readPages() };
    return kept.pages;
  };

  const show = (request: FastifyRequest, reply: FastifyReply) => {
    const pages = pagesHere();
    if (pages === undefined) {
      const detail =
        'The pages are not built here: `npm run build --workspace web` builds them. The API is at /api, the index at /index/.';
      return sendProblem(request, reply, { status: 404, code: 'server/no-pages', detail });
    }
    return send(request, withGuards(reply), pages.document);
  };
  for (const address of pageAddresses) app.get(address, needs('anything'), show);

  // Cargo prints this address where it is refused a release: whoever is no browser gets what the API says.
  app.get<{ Params: { crate: string; version: string } }>(
    '/releases/:crate/:version',
    needs('anything'),
    (request, reply) => {
      if (pagesHere() !== undefined && /\btext\/html\b/.test(request.headers.accept ?? ''))
        return show(request, reply);
      const { crate, version } = request.params;
      const [, query] = request.url.split('?');
      const path = `/api/v1/releases/${encodeURIComponent(crate)}/${encodeURIComponent(version)}`;
      return reply.redirect(query === undefined ? path : `${path}?${query}`);
    },
  );

  app.get<{ Params: { name: string } }>('/assets/:name', needs('anything'), (request, reply) => {
    const file = pagesHere()?.assets.get(request.params.name);
    if (file === undefined) {
      const detail = 'There is no such file: load the page again.';
      return sendProblem(request, reply, { status: 404, code: 'server/no-asset', detail });
    }
    const isNamedByBytes = /-[\w-]{8}\.(?:js|css)$/.test(request.params.name);
    reply.header('cache-control', isNamedByBytes ? 'public, max-age=31536000, immutable' : 'no-cache');
    // A worker goes by the policy of its own file: it computes, and reaches nothing.
    reply.header('content-security-policy', assetPolicy).header('x-content-type-options', 'nosniff');
    return send(request, reply, file);
  });
}

function withGuards(reply: FastifyReply): FastifyReply {
  return reply
    .header('content-security-policy', contentPolicy)
    .header('x-content-type-options', 'nosniff')
    .header('referrer-policy', 'no-referrer')
    .header('cross-origin-opener-policy', 'same-origin');
}

function send(request: FastifyRequest, reply: FastifyReply, file: PageFile): FastifyReply {
  reply.header('etag', file.etag).header('vary', 'accept-encoding').type(file.type);
  if (namesOneOf(request.headers['if-none-match'], [file.etag])) return reply.status(304).send();
  const takesGzip = /\bgzip\b/.test(String(request.headers['accept-encoding'] ?? ''));
  return takesGzip ? reply.header('content-encoding', 'gzip').send(file.gzipped) : reply.send(file.bytes);
}
