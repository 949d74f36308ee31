/**
 * A pattern for lines as one for whole texts, found there wherever that is found in a line: each line begins anew, and
 * what must not stand before or behind is left out, since it may stand in another line.
 */
export function loosened({ source, flags }: RegExp): RegExp {
  let loose = '';
  for (let at = 0; at < source.length; ) {
    const forbidding = /^\(\?<?!/.exec(source.slice(at, at + 4));
    const next = forbidding === null ? pieceEnd(source, at) : groupEnd(source, at);
    if (forbidding === null) loose += source.slice(at, next);
    at = next;
  }
  return new RegExp(loose, `${flags}m`);
}

/** Past an escape, a class, or one sign. */
function pieceEnd(source: string, at: number): number {
  if (source[at] === '\\') return at + 2;
  if (source[at] !== '[') return at + 1;
  let end = at + 1;
  while (end < source.length && source[end] !== ']') end += source[end] === '\\' ? 2 : 1;
  return end + 1;
}

/** Past the group that begins there. */
function groupEnd(source: string, from: number): number {
  let depth = 0;
  let at = from;
  do {
    if (source[at] === '(') depth++;
    if (source[at] === ')') depth--;
    at = pieceEnd(source, at);
  } while (depth > 0 && at < source.length);
  return at;
}
