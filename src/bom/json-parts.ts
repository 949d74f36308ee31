/**
 * What `JSON.stringify(object, null, indent)` says, in parts that are the same text when they are joined. The members
 * of a list come one by one, so that what a large document is made of need never be in memory as a whole; an iterator
 * counts as a list.
 */
export function* jsonParts(object: Readonly<Record<string, unknown>>, indent = ''): Generator<string> {
  const line = indent === '' ? '' : '\n';
  const colon = indent === '' ? ':' : ': ';
  let before = '{';
  for (const [key, value] of Object.entries(object)) {
    if (value === undefined) continue;
    yield `${before}${line}${indent}${JSON.stringify(key)}${colon}`;
    before = ',';
    if (isList(value)) yield* listParts(value, indent, line);
    else yield textOf(value, indent, indent);
  }
  yield before === '{' ? '{}' : `${line}}`;
}

function* listParts(list: Iterable<unknown>, indent: string, line: string): Generator<string> {
  let before = '[';
  for (const member of list) {
    yield `${before}${line}${indent}${indent}${textOf(member, indent, indent + indent)}`;
    before = ',';
  }
  yield before === '[' ? '[]' : `${line}${indent}]`;
}

/** A value as JSON, `depth` before each of its lines but the first: no text has a line break of its own. */
function textOf(value: unknown, indent: string, depth: string): string {
  const text = JSON.stringify(value, null, indent);
  return depth === '' ? text : text.replaceAll('\n', `\n${depth}`);
}

function isList(value: unknown): value is Iterable<unknown> {
  return typeof value === 'object' && value !== null && Symbol.iterator in value;
}
