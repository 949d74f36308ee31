import { parse, TomlError } from 'smol-toml';
import type { z } from 'zod';

/** A file as it was read, with the name that messages call it by. */
export interface TextFile {
  readonly file: string;
  readonly text: string;
}

/** What could not be used of a file, for a person to see. The rest of the file, or of the files, works on. */
export interface Problem {
  readonly file: string;
  /** 1-based; 0 where the file as a whole is meant. */
  readonly line: number;
  readonly message: string;
}

/** A value as far as it could be read; `undefined` when nothing of the file can be used. */
export interface Read<T> {
  readonly value: T | undefined;
  readonly problems: readonly Problem[];
}

/** Reads TOML against a schema; whatever is wrong becomes a problem with its line. */
export function readTomlFile<Schema extends z.ZodType>(
  schema: Schema,
  { file, text }: TextFile,
): Read<z.output<Schema>> {
  const fail = (line: number, message: string) => ({ value: undefined, problems: [{ file, line, message }] });
  try {
    const result = schema.safeParse(parse(text));
    if (result.success) return { value: result.data, problems: [] };
    const issue = result.error.issues[0];
    const path = (issue?.path ?? []).filter((part) => typeof part !== 'symbol');
    return fail(
      tableLines(text).lineOf(path),
      `${path.join('.') || 'the file'}: ${issue?.message ?? 'not understood'}`,
    );
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    const message = error.message.split('\n')[0]?.replace(/^Invalid TOML document: /, '') ?? 'not TOML';
    return fail(error.line, message);
  }
}

/** Where the tables of a TOML text begin. */
export interface TableLines {
  /** 1-based line of the header of the innermost table on a path such as `['audits', 'syn', 2]`; 0 when unknown. */
  lineOf(path: readonly (string | number)[]): number;
}

/** Finds the headers `[a.b]` and `[[a.b]]`. Tables written inline are placed at the header that holds them. */
export function tableLines(text: string): TableLines {
  const lines = new Map<string, number>();
  const counts = new Map<string, number>();
  for (const [index, line] of text.split('\n').entries()) {
    const header = /^\s*(\[\[?)([^[\]]+)\]/.exec(line);
    if (header === null) continue;
    const keys = splitKey(header[2] ?? '');
    const name = JSON.stringify(keys);
    if (header[1] === '[') {
      lines.set(name, index + 1);
    } else {
      const count = counts.get(name) ?? 0;
      counts.set(name, count + 1);
      lines.set(JSON.stringify([...keys, count]), index + 1);
    }
  }
  return {
    lineOf(path) {
      for (let depth = path.length; depth > 0; depth--) {
        const line = lines.get(JSON.stringify(path.slice(0, depth)));
        if (line !== undefined) return line;
      }
      return 0;
    },
  };
}

function splitKey(key: string): string[] {
  return [...key.matchAll(/"([^"]*)"|'([^']*)'|([A-Za-z0-9_-]+)/g)].map(
    (match) => match[1] ?? match[2] ?? match[3] ?? '',
  );
}
