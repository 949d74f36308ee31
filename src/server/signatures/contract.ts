import { z } from 'zod';

/** Answer to `GET /api/v1/signatures`: whose signatures this server's are. */
export const signerSchema = z.object({
  builder: z.string().describe('the builder id that it writes into provenance'),
  key: z.string().describe('the public key, as PEM'),
});

/** Body of `POST /api/v1/signatures`: a CI's token, and what is to be signed. */
export const signRequestSchema = z.strictObject({
  identity: z.string().min(1).max(32_768).describe('the token of a CI (OpenID Connect)'),
  statements: z
    .array(z.string().min(2))
    .min(1)
    .max(300)
    .describe(
      'in-toto statements of one build, as JSON texts: provenance, verdict and SBOM of each artefact',
    ),
});

/** Answer to that. */
export const signedSchema = z.object({
  who: z.string().describe('whom the server knows the job to be'),
  bundles: z.array(z.string()).describe('Sigstore bundles, in the order of the statements'),
});
