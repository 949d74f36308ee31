import { z } from 'zod';
import { auditActions } from '../../audit/entry.ts';
import { time } from '../contract-words.ts';

const state = z.record(z.string(), z.unknown()).nullable();
const sha256 = z.string().regex(/^[0-9a-f]{64}$/);

/** The signed head of the audit log: a line of the files that it is kept in. */
export const auditHeadSchema = z.object({
  count: z.number().int().min(1).describe('entries that the log had'),
  hash: sha256.describe('SHA-256 of the last of them, which follows from all'),
  at: time,
  key: z.string().describe('public key, base64 of its SubjectPublicKeyInfo'),
  signature: z.string().describe('base64'),
});

/** One act of somebody who decides: a line of an exported log. */
export const auditEntrySchema = z.object({
  seq: z.number().int().min(1),
  at: time,
  actor: z.string(),
  role: z.string().nullable(),
  address: z.string().nullable().describe('where the request came from'),
  action: z.enum(auditActions),
  subject: z.string(),
  before: state,
  after: state,
  hash: sha256,
  key: z.string(),
  signature: z.string(),
});

/** `GET /api/v1/audit` */
export const auditSchema = z.object({
  entries: z.array(auditEntrySchema),
  head: auditHeadSchema.nullable().describe('what the log says of its end; null: it has no entry'),
  next: z.string().nullable().describe('what `after` is to be for what follows; null: that was all'),
});

export type AuditJson = z.infer<typeof auditSchema>;
export type AuditEntryJson = z.infer<typeof auditEntrySchema>;
export type AuditHeadJson = z.infer<typeof auditHeadSchema>;
