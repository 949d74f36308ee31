import { parse } from 'smol-toml';
import { LayoutError, layoutOf, type TableHeader, type TomlLayout, type TomlValue } from './toml-layout.ts';

/** Keys, and indexes of arrays, from the root. */
export type TomlPath = readonly (string | number)[];

/** Where a key, a table of a list or an element of an array begins, 1-based; `undefined` where nothing is known of it. */
export function placeOf(text: string, path: TomlPath): { line: number; column: number } | undefined {
  const start = found(text, path)?.start;
  if (start === undefined) return undefined;
  const before = text.slice(0, start).split('\n');
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
}

/**
 * The text without one element of an array: `[[a]]` with what stands below it, or an element between brackets. Every other byte
 * stays, comments that stand on lines of their own too. `undefined` where that would leave anything but what was meant.
 */
export function withoutElement(text: string, path: TomlPath): string | undefined {
  const element = found(text, path);
  if (element === undefined || typeof path.at(-1) !== 'number') return undefined;
  const after =
    element.kind === 'table' ? withoutTable(text, element) : withoutValue(text, element.start, element.end);
  try {
    const [is, meant] = [bare(parse(after)), bare(spliced(parse(text), path))];
    return JSON.stringify(is) === JSON.stringify(meant) ? after : undefined;
  } catch {
    return undefined;
  }
}

interface Found {
  readonly kind: 'table' | 'value';
  readonly start: number;
  /** For a table, where the next one begins that is not its own. */
  readonly end: number;
}

function found(text: string, path: TomlPath): Found | undefined {
  let layout: TomlLayout;
  try {
    layout = layoutOf(text);
  } catch (error) {
    if (error instanceof LayoutError) return undefined;
    throw error;
  }
  const wanted = JSON.stringify(path);
  const paths = headerPaths(layout.tables);
  for (const [i, header] of layout.tables.entries()) {
    if (JSON.stringify(paths.get(header)) !== wanted) continue;
    const isOwn = (other: TomlPath | undefined) =>
      other !== undefined &&
      other.length > path.length &&
      JSON.stringify(other.slice(0, path.length)) === wanted;
    const next = layout.tables.slice(i + 1).find((other) => !isOwn(paths.get(other)));
    return { kind: 'table', start: header.start, end: next?.start ?? text.length };
  }
  for (const { header, path: whole, start, value } of layout.entries) {
    const own =
      header === undefined ? whole : [...(paths.get(header) ?? []), ...whole.slice(header.path.length)];
    if (JSON.stringify(own) === wanted) return { kind: 'value', start, end: value.end };
    const inner = inValue(value, own, wanted);
    if (inner !== undefined) return { kind: 'value', ...inner };
  }
  return undefined;
}

/** The path of each table, with the indexes of the lists of tables that it is in. */
function headerPaths(tables: readonly TableHeader[]): ReadonlyMap<TableHeader, TomlPath> {
  const counts = new Map<string, number>();
  const paths = new Map<TableHeader, TomlPath>();
  for (const header of tables) {
    let path: TomlPath = [];
    for (const [i, part] of header.path.entries()) {
      path = [...path, part];
      const key = JSON.stringify(path);
      const isNew = header.array && i === header.path.length - 1;
      const count = (counts.get(key) ?? -1) + (isNew ? 1 : 0);
      if (isNew) counts.set(key, count);
      if (count >= 0) path = [...path, count];
    }
    paths.set(header, path);
  }
  return paths;
}

function inValue(
  { entries = [], elements = [] }: TomlValue,
  at: TomlPath,
  wanted: string,
): { readonly start: number; readonly end: number } | undefined {
  const all = [
    ...entries.map(({ path, start, value }) => ({ path: [...at, ...path], start, value })),
    ...elements.map((value, i) => ({ path: [...at, i], start: value.start, value })),
  ];
  for (const { path, start, value } of all) {
    if (JSON.stringify(path) === wanted) return { start, end: value.end };
    const inner = inValue(value, path, wanted);
    if (inner !== undefined) return inner;
  }
  return undefined;
}

/** What is said in front of the next table is about that, and what stands at the end about nothing that goes. */
function withoutTable(text: string, { start, end }: Found): string {
  const lines = text.slice(start, end).split('\n');
  let from = lines.length;
  while (from > 1 && /^\s*(?:#.*)?$/.test(lines[from - 1] ?? '')) from--;
  const before = text.slice(0, start).replace(/[ \t]*$/, '');
  const tail = lines.slice(from).join('\n');
  // One empty line between what is left is enough.
  const isDouble = (before === '' || /\n\r?\n$/.test(before)) && /^\r?\n/.test(tail);
  return before + (isDouble ? tail.replace(/^\r?\n/, '') : tail) + text.slice(end);
}

function withoutValue(text: string, start: number, end: number): string {
  const lineStart = text.lastIndexOf('\n', start - 1) + 1;
  const [own = ''] = /^[ \t]*,?[ \t]*(?:#[^\n]*)?(?:\r?\n|$)/.exec(text.slice(end)) ?? [];
  // What stands alone on its lines goes with them, and with what is said behind it.
  if (own !== '' && /^[ \t]*$/.test(text.slice(lineStart, start)))
    return text.slice(0, lineStart) + text.slice(end + own.length);
  const [comma = ''] = /^\s*,[ \t]*/.exec(text.slice(end)) ?? [];
  if (comma !== '') return text.slice(0, start) + text.slice(end + comma.length);
  const before = text.slice(0, start).replace(/,\s*$/, '');
  // The only one leaves no blanks between the brackets.
  return before.endsWith('[')
    ? before + text.slice(end).replace(/^[ \t]+(?=\])/, '')
    : before.replace(/(?<=\[)[ \t]+$/, '') + text.slice(end).replace(/^[ \t]+(?=\])/, '');
}

function spliced(root: unknown, path: TomlPath): unknown {
  const list = path
    .slice(0, -1)
    .reduce<unknown>((at, part) => (at as Readonly<Record<string | number, unknown>>)[part], root);
  const index = path.at(-1);
  if (!Array.isArray(list) || typeof index !== 'number') return undefined;
  list.splice(index, 1);
  return root;
}

/** Without empty lists and tables: the last `[[a]]` takes its list with it. */
function bare(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(bare);
  if (typeof value !== 'object' || value === null || value instanceof Date) return value;
  const isEmpty = (each: unknown) =>
    typeof each === 'object' && each !== null && !(each instanceof Date) && Object.keys(each).length === 0;
  return Object.fromEntries(
    Object.entries(value)
      .map(([key, each]) => [key, bare(each)] as const)
      .filter(([, each]) => !isEmpty(each)),
  );
}
