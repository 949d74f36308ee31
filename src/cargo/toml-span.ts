/** 1-based place in a text; 0, 0 where it is not known. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

/**
 * Finds the line that sets a key in TOML text. It follows table headers, arrays of tables and dotted keys, line by
 * line; what it cannot follow (a key inside an inline table) is placed at the nearest enclosing key.
 */
export function locateKey(text: string, path: readonly (string | number)[]): Place {
  for (let depth = path.length; depth > 0; depth--) {
    const wanted = path.slice(0, depth);
    const place = locateExactly(text, wanted);
    if (place !== undefined) return place;
  }
  return { line: 0, column: 0 };
}

function locateExactly(text: string, path: readonly (string | number)[]): Place | undefined {
  const wanted = JSON.stringify(path);
  const counts = new Map<string, number>();
  let table: (string | number)[] = [];
  for (const [index, line] of text.split('\n').entries()) {
    const place = { line: index + 1, column: line.length - line.trimStart().length + 1 };
    const header = /^\s*(\[\[?)([^[\]]+)\]/.exec(line);
    if (header !== null) {
      table = splitKey(header[2] ?? '');
      if (header[1] === '[[') {
        const name = JSON.stringify(table);
        const count = counts.get(name) ?? 0;
        counts.set(name, count + 1);
        table = [...table, count];
      }
      if (JSON.stringify(table) === wanted || JSON.stringify(table.slice(0, path.length)) === wanted)
        return place;
      continue;
    }
    const assignment =
      /^\s*((?:"[^"]*"|'[^']*'|[A-Za-z0-9_-]+)(?:\s*\.\s*(?:"[^"]*"|'[^']*'|[A-Za-z0-9_-]+))*)\s*=/.exec(
        line,
      );
    if (assignment === null) continue;
    const key = [...table, ...splitKey(assignment[1] ?? '')];
    if (JSON.stringify(key.slice(0, path.length)) === wanted) return place;
  }
  return undefined;
}

function splitKey(key: string): string[] {
  return [...key.matchAll(/"([^"]*)"|'([^']*)'|([A-Za-z0-9_-]+)/g)].map(
    (match) => match[1] ?? match[2] ?? match[3] ?? '',
  );
}
