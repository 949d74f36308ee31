import { z } from 'zod';
import { idShape } from './advisory.ts';
import { AdvisoryError } from './error.ts';

/** A record as far as it is read here. */
export type OsvRecord = z.output<typeof osvSchema>;
export type OsvAffected = z.output<typeof affectedSchema>;
export type OsvEvent = z.output<typeof event>;

/** Reads a record in the OSV format (ossf.github.io/osv-schema), whatever it is about. Throws `AdvisoryError`. */
export function readOsv(text: string): OsvRecord {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw new AdvisoryError('it is not JSON', cause);
  }
  const result = osvSchema.safeParse(json);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  const reason = `${issue?.path.join('.') ?? 'it'}: ${issue?.message ?? 'not understood'}`;
  throw new AdvisoryError(reason, result.error);
}

/** Where a record is to be read. */
export function osvPage(id: string): string {
  return `https://osv.dev/vulnerability/${encodeURIComponent(id)}`;
}

export function firstLine(text: string | null | undefined): string | undefined {
  return text
    ?.split('\n')
    .find((line) => line.trim() !== '')
    ?.trim();
}

const texts = z.array(z.string()).nullish().catch([]);
const event = z.object({
  introduced: z.string().optional(),
  fixed: z.string().optional(),
  last_affected: z.string().optional(),
});
const severity = z
  .array(z.object({ type: z.string(), score: z.string() }))
  .nullish()
  .catch([]);

const affectedSchema = z.object({
  package: z.object({ ecosystem: z.string(), name: z.string().min(1) }).nullish(),
  severity,
  ranges: z.array(z.object({ type: z.string(), events: z.array(event) })).nullish(),
  versions: z.array(z.string()).nullish(),
  ecosystem_specific: z
    .object({
      affects: z.object({ arch: texts, os: texts, functions: texts }).nullish().catch(undefined),
      affected_functions: texts,
    })
    .nullish()
    .catch(undefined),
  database_specific: z
    .looseObject({
      categories: texts,
      informational: z.string().nullish(),
      cvss: z.string().nullish(),
      cwe_ids: texts,
    })
    .nullish()
    .catch(undefined),
});

const osvSchema = z.object({
  id: z.string().regex(idShape, 'expected an id'),
  published: z.string().optional(),
  modified: z.string().optional(),
  withdrawn: z.string().nullish(),
  aliases: texts,
  related: texts,
  upstream: texts,
  summary: z.string().nullish(),
  details: z.string().nullish(),
  severity,
  affected: z
    .array(affectedSchema)
    .nullish()
    .transform((list) => list ?? []),
  references: z
    .array(z.object({ url: z.string() }))
    .nullish()
    .catch([]),
  database_specific: z
    .looseObject({ severity: z.string().nullish().catch(undefined), categories: texts, cwe_ids: texts })
    .nullish()
    .catch(undefined),
});
