import type { AuditEntry, AuditHead } from '../../audit/entry.ts';
import { rfc3339 } from '../shape.ts';
import { type AuditEntryJson, type AuditHeadJson, auditHeadSchema } from './contract.ts';

/** An entry in the API's words. */
export function entryJson(entry: AuditEntry): AuditEntryJson {
  return { ...entry, at: rfc3339(entry.at) };
}

/** An entry of the API's words: the very one, since a time in RFC 3339 has all that it was made of. */
export function entryOf(json: AuditEntryJson): AuditEntry {
  return { ...json, at: Date.parse(json.at) };
}

/** A head in the API's words. */
export function headJson({ count, hash, at, key, signature }: AuditHead): AuditHeadJson {
  return { count, hash, at: rfc3339(at), key, signature };
}

/** A head of the API's words. */
export function headOfJson(json: AuditHeadJson): AuditHead {
  return { ...json, at: Date.parse(json.at) };
}

/** Heads that were kept, a line each. A line that is none, such as one that was cut off, is passed over: it proves nothing. */
export function headsIn(text: string): readonly AuditHead[] {
  return text.split('\n').flatMap((line) => {
    const parsed = auditHeadSchema.safeParse(jsonOf(line));
    return parsed.success ? [headOfJson(parsed.data)] : [];
  });
}

/** What a line says; `undefined` where it is no JSON. */
export function jsonOf(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
