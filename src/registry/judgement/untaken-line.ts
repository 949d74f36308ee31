import { crateKey, isCrateName } from '../../cargo/index-path.ts';
import { scanObject } from '../../cargo/json-scan.ts';

/**
 * A line of an index file that was not taken. `hidden`: which release it is about cannot be read. `named`: it can, and
 * the line is of this crate as far as it says. `later`: the same, of a schema that came after this program. `foreign`:
 * it is of another crate.
 */
export type UntakenLine = {
  /** 1-based. */
  readonly number: number;
  /** One clause, without the line's words. */
  readonly reason: string;
} & (
  | { readonly kind: 'hidden' | 'foreign'; readonly version?: never }
  /** As the line has it; it need not be a version. */
  | { readonly kind: 'named' | 'later'; readonly version: string }
);

/** The newest schema of index lines that is read here: cargo's for artifact dependencies (its `INDEX_V_MAX` is 2). */
const newestSchema = 3;

/** What can be said of a line that was not taken for `reason`. */
export function untakenLine(
  at: { readonly number: number; readonly reason: string },
  text: string,
  key: string,
): UntakenLine {
  const fields = parsedObject(text);
  const { name, vers, v } = fields ?? {};
  if (fields === undefined || typeof vers !== 'string' || isTwice(text, 'vers'))
    return { ...at, kind: 'hidden' };
  if (typeof name === 'string' && isCrateName(name) && crateKey(name) !== key)
    return { ...at, kind: 'foreign' };
  return { ...at, kind: Number.isInteger(v) && Number(v) > newestSchema ? 'later' : 'named', version: vers };
}

/** Whether any release may be the one that the line is about. */
export function hidesRelease({ kind }: UntakenLine): boolean {
  return kind === 'hidden';
}

/** Whether the line says that it is of the crate whose file it stands in. */
export function isOfThisCrate({ kind }: UntakenLine): boolean {
  return kind === 'named' || kind === 'later';
}

function parsedObject(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Readonly<Record<string, unknown>>)
      : undefined;
  } catch {
    return undefined;
  }
}

function isTwice(text: string, field: string): boolean {
  return scanObject(text, 0).members.filter(({ key }) => key === field).length > 1;
}
