import type { FastifyInstance } from 'fastify';
import { badRequest, sendProblem } from '../errors.ts';
import { needs } from '../identity/needs.ts';
import type { ServerParts } from '../parts.ts';
import { signedSchema, signerSchema, signRequestSchema } from '../signatures/contract.ts';

/** Bytes of a request: an SBOM of a thousand crates has two million, and is a text within a text. */
const most = 64 * 1024 * 1024;

/** Signatures by a key that no job has: what proves whose job it is comes in the body, and counts once. */
export function signatureRoutes(app: FastifyInstance, { signatures }: ServerParts): void {
  app.get(
    '/api/v1/signatures',
    needs('anything', {
      summary: 'Say who signs for builds here, and by which key',
      answer: signerSchema,
      refusals: [404],
    }),
    async (request, reply) => {
      const signer = signatures.signer();
      return 'status' in signer ? sendProblem(request, reply, signer) : reply.send(signer);
    },
  );

  app.post(
    '/api/v1/signatures',
    {
      // Who signs nothing reads nothing large of whoever comes.
      ...('status' in signatures.signer() ? {} : { bodyLimit: most }),
      ...needs('anything', {
        summary: 'Sign what a CI’s build says, with whose job it was',
        body: signRequestSchema,
        answer: signedSchema,
        statuses: [201],
        refusals: [401, 403, 404, 422],
      }),
    },
    async (request, reply) => {
      const body = signRequestSchema.safeParse(request.body);
      if (!body.success)
        return badRequest(
          request,
          reply,
          'Give identity (the token of a CI) and statements (in-toto statements of one build, as JSON texts).',
        );
      const signed = await signatures.sign(body.data.identity, body.data.statements, request.ip);
      if ('status' in signed) return sendProblem(request, reply, signed);
      return reply.status(201).send(signed);
    },
  );
}
