import { parse, TomlError } from 'smol-toml';
import type { z } from 'zod';
import { locateKey } from '../cargo/toml-span.ts';
import { PolicyError } from './error.ts';

/** A TOML file as text, with the name that messages call it by. */
export interface TomlSource {
  readonly file: string;
  readonly text: string;
}

/** Reads TOML against a schema. Throws `PolicyError`, pointing at the line to change. */
export function readToml<Schema extends z.ZodType>(schema: Schema, source: TomlSource): z.output<Schema> {
  const result = schema.safeParse(parseToml(source));
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  throw issue === undefined
    ? new PolicyError('policy/invalid', 'does not say what it must', {
        file: source.file,
        line: 0,
        column: 0,
      })
    : errorOf(issue, schema, source);
}

function parseToml(source: TomlSource): unknown {
  try {
    return parse(source.text);
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    const message = error.message.split('\n')[0]?.replace(/^Invalid TOML document: /, '') ?? 'not TOML';
    throw new PolicyError(
      'policy/syntax',
      message,
      { file: source.file, line: error.line, column: error.column },
      error,
    );
  }
}

function errorOf(issue: z.core.$ZodIssue, schema: z.ZodType, source: TomlSource): PolicyError {
  const path = issue.path.filter((part) => typeof part !== 'symbol');
  if (issue.code !== 'unrecognized_keys') {
    const message = `${path.join('.') || 'the file'}: ${issue.message}`;
    return new PolicyError('policy/invalid', message, { file: source.file, ...locateKey(source.text, path) });
  }
  const key = issue.keys[0] ?? '';
  const suggestion = nearest(key, keysAt(schema, path));
  const hint = suggestion === undefined ? '' : `; did you mean \`${suggestion}\`?`;
  const at = { file: source.file, ...locateKey(source.text, [...path, key]) };
  return new PolicyError('policy/unknown-key', `unknown key \`${[...path, key].join('.')}\`${hint}`, at);
}

/** The keys that a schema knows at a path: looks through defaults, arrays and optional wrappers. */
function keysAt(schema: z.ZodType, path: readonly (string | number)[]): readonly string[] {
  let at: unknown = schema;
  for (const part of [...path, undefined]) {
    at = unwrap(at);
    const shape = (at as { shape?: Record<string, unknown> }).shape;
    if (part === undefined) return shape === undefined ? [] : Object.keys(shape);
    at = shape?.[part] ?? (at as { element?: unknown }).element ?? (at as { valueType?: unknown }).valueType;
    if (at === undefined) return [];
  }
  return [];
}

function unwrap(schema: unknown): unknown {
  let at = schema as { def?: { innerType?: unknown; in?: unknown } };
  while (at.def?.innerType !== undefined || at.def?.in !== undefined)
    at = (at.def.innerType ?? at.def.in) as typeof at;
  return at;
}

/** The candidate within an edit distance of a third of the word, if there is one. */
/** The candidate that a word was probably meant to be. */
export function nearest(word: string, candidates: readonly string[]): string | undefined {
  const scored = candidates.map((candidate) => ({ candidate, distance: editDistance(word, candidate) }));
  scored.sort((a, b) => a.distance - b.distance);
  const best = scored[0];
  return best !== undefined && best.distance <= Math.max(2, word.length / 3) ? best.candidate : undefined;
}

/** Levenshtein distance, in code units. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const substitute = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(substitute, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
