import { createHash, randomBytes } from 'node:crypto';
import { pipeline, Transform } from 'node:stream';
import type { FastifyInstance, FastifyRequest, preParsingHookHandler } from 'fastify';
import { z } from 'zod';
import {
  beginUpload,
  digestOfText,
  endUpload,
  putPart,
  requireParts,
  sourceOfUpload,
  uploadOf,
  uploadPatience,
} from '../../inventory/large/upload.ts';
import { addedSchema } from '../artefact-contract.ts';
import { addSent } from '../artefacts/add-sent.ts';
import { badRequest, whereWrong } from '../errors.ts';
import { callerOf } from '../identity/guard.ts';
import { needs } from '../identity/needs.ts';
import { leanHeap } from '../lean-heap.ts';
import type { ServerParts } from '../parts.ts';
import { rfc3339 } from '../shape.ts';
import {
  maxInPart,
  maxParts,
  type PartTakenJson,
  partSchema,
  partTakenSchema,
  type UploadBegunJson,
  type UploadJson,
  uploadBegunSchema,
  uploadEndSchema,
  uploadSchema,
} from '../upload-contract.ts';

/** Bytes of one part: some thousand components. */
const maxPart = 8 * 1024 * 1024;
/** Bytes of what ends an upload: bundles are the most of it. */
const maxEnd = 64 * 1024 * 1024;

const base = '/api/v1/artefact-uploads';
const number = z.coerce.number().int().min(1).max(maxParts);

/**
 * Artefacts that are too large for one request, in parts. Nothing of one is visible before it ends, and it is forgotten
 * where nothing comes for an hour.
 */
export function uploadRoutes(app: FastifyInstance, parts: ServerParts): void {
  const { inventory } = parts.store;
  const { now } = parts.mirror.context;
  const limits = parts.uploads;

  app.post(
    base,
    needs('artefacts:add', {
      summary: 'Begin to add an artefact in parts',
      most: 3000,
      answer: uploadBegunSchema,
      statuses: [201],
      refusals: [409],
    }),
    async (request, reply) => {
      const upload = randomBytes(16).toString('hex');
      const at = now();
      await beginUpload(inventory, upload, { by: callerOf(request).name, now: at });
      const most = { ...limits, inPart: maxInPart };
      const answer: UploadBegunJson = { upload, until: rfc3339(at + uploadPatience), most };
      return reply.status(201).send(answer);
    },
  );

  app.get<{ Params: { id: string } }>(
    `${base}/:id`,
    needs('artefacts:add', {
      summary: 'Say which parts of an upload are there',
      answer: uploadSchema,
      refusals: [404],
    }),
    async (request, reply) => {
      const { id, components, uses, answer } = await uploadOf(
        inventory.uploads,
        request.params.id,
        callerOf(request).name,
      );
      const heads = await inventory.uploads.heads(id);
      const said: UploadJson = {
        parts: heads.map(({ number, digest }) => ({ number, sha256: digest })),
        components,
        uses,
        ended: answer !== null,
      };
      return reply.send(said);
    },
  );

  const digests = new WeakMap<FastifyRequest, { readonly hex: () => string }>();
  const hash: preParsingHookHandler = (request, _reply, payload, done) => {
    const sum = createHash('sha256');
    let found: string | undefined;
    digests.set(request, { hex: () => (found ??= sum.digest('hex')) });
    const summed = new Transform({
      transform: (chunk: Buffer, _encoding, next) => {
        sum.update(chunk);
        next(null, chunk);
      },
    });
    // Where it breaks off, so does what is read of it.
    pipeline(payload, summed, () => {});
    done(null, summed);
  };
  app.post<{ Params: { id: string; number: string } }>(
    `${base}/:id/parts/:number`,
    {
      bodyLimit: maxPart,
      preParsing: hash,
      ...needs('artefacts:add', {
        summary: 'Send a part of an upload: components, edges or roots',
        most: 30_000,
        body: partSchema,
        answer: partTakenSchema,
        statuses: [200, 201],
        refusals: [404, 409, 422],
      }),
    },
    async (request, reply) => {
      leanHeap();
      const at = number.safeParse(request.params.number);
      const body = partSchema.safeParse(request.body);
      if (!at.success) return badRequest(request, reply, `Number parts from 1 to ${maxParts}.`);
      if (!body.success) {
        const detail = `Give JSON with components, uses or roots${whereWrong(body.error)}; \`safeguard inventory add\` writes it.`;
        return badRequest(request, reply, detail);
      }
      const sha256 = digests.get(request)?.hex() ?? '';
      const sending = { by: callerOf(request).name, now: now(), limits };
      const of = { id: request.params.id, number: at.data, digest: sha256 };
      const isNew = await putPart(inventory, of, body.data, sending);
      const answer: PartTakenJson = { outcome: isNew ? 'taken' : 'known', sha256 };
      return reply.status(isNew ? 201 : 200).send(answer);
    },
  );

  app.post<{ Params: { id: string } }>(
    `${base}/:id/end`,
    {
      bodyLimit: maxEnd,
      ...needs('artefacts:add', {
        summary: 'End an upload: add the artefact that its parts make',
        most: 3000,
        body: uploadEndSchema,
        answer: addedSchema,
        refusals: [404, 409, 422],
        statuses: [200, 201],
      }),
    },
    async (request, reply) => {
      leanHeap();
      const by = callerOf(request).name;
      const body = uploadEndSchema.safeParse(request.body);
      if (!body.success) {
        const detail = `Give JSON with artefact and parts${whereWrong(body.error)}.`;
        return badRequest(request, reply, detail);
      }
      const { artefact, parts: wanted, bundles = [] } = body.data;
      const upload = await uploadOf(inventory.uploads, request.params.id, by);
      const asked = digestOfText(JSON.stringify(body.data));
      if (upload.answer !== null && upload.request === asked) {
        const answer = addedSchema.parse(JSON.parse(upload.answer));
        return reply.status(answer.outcome === 'added' ? 201 : 200).send(answer);
      }
      const heads = await inventory.uploads.heads(upload.id);
      requireParts(heads, wanted);
      const source = sourceOfUpload(inventory.uploads, upload.id, heads);
      const answer = await addSent(parts, request, artefact, { bundles, source });
      await endUpload(inventory, upload, { request: asked, answer: JSON.stringify(answer), now: now() });
      return reply.status(answer.outcome === 'added' ? 201 : 200).send(answer);
    },
  );

  app.delete<{ Params: { id: string } }>(
    `${base}/:id`,
    needs('artefacts:add', {
      summary: 'Abandon an upload: what was sent of it is forgotten',
      answer: z.object({ abandoned: z.literal(true) }),
      refusals: [404],
    }),
    async (request, reply) => {
      const { id } = await uploadOf(inventory.uploads, request.params.id, callerOf(request).name);
      await inventory.write((tx) => tx.uploads.drop(id));
      return reply.send({ abandoned: true });
    },
  );
}
