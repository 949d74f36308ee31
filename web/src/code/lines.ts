/** A stretch of one line, with the number of its colour; absent: none. */
export interface Stretch {
  readonly text: string;
  readonly colour?: number;
}

/** A file's lines, each worked out when it is shown: a file may have hundreds of thousands. */
export interface SourceLines {
  readonly count: number;
  /** The stretches of a line, 0-based. */
  at(line: number): readonly Stretch[];
}

/** `colours` holds three numbers a stretch: how far it begins after the end of the one before, its length, its colour. */
export function linesOf(text: string, colours: readonly number[]): SourceLines {
  const starts = [0];
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  // What follows the last line break is no line of its own.
  if (starts.length > 1 && starts.at(-1) === text.length) starts.pop();
  const spans = absolute(colours);
  return {
    count: starts.length,
    at: (line) => {
      const from = starts[line] ?? text.length;
      let to = starts[line + 1] ?? text.length;
      if (to > from && text[to - 1] === '\n') to--;
      if (to > from && text[to - 1] === '\r') to--;
      return stretches(text, from, to, spans);
    },
  };
}

interface Spans {
  readonly starts: Uint32Array;
  readonly ends: Uint32Array;
  readonly colours: Uint8Array;
}

function absolute(flat: readonly number[]): Spans {
  const count = Math.floor(flat.length / 3);
  const spans = {
    starts: new Uint32Array(count),
    ends: new Uint32Array(count),
    colours: new Uint8Array(count),
  };
  let end = 0;
  for (let at = 0; at < count; at++) {
    const start = end + (flat[at * 3] ?? 0);
    end = start + (flat[at * 3 + 1] ?? 0);
    spans.starts[at] = start;
    spans.ends[at] = end;
    spans.colours[at] = flat[at * 3 + 2] ?? 0;
  }
  return spans;
}

function stretches(text: string, from: number, to: number, spans: Spans): readonly Stretch[] {
  const found: Stretch[] = [];
  let at = from;
  for (let index = firstEndingAfter(spans.ends, from); at < to && index < spans.ends.length; index++) {
    const start = Math.max(from, spans.starts[index] ?? 0);
    const end = Math.min(to, spans.ends[index] ?? 0);
    if (start >= to) break;
    if (start > at) found.push({ text: text.slice(at, start) });
    if (end > start) found.push({ text: text.slice(start, end), colour: spans.colours[index] ?? 0 });
    at = end;
  }
  if (at < to) found.push({ text: text.slice(at, to) });
  return found;
}

function firstEndingAfter(ends: Uint32Array, offset: number): number {
  let [low, high] = [0, ends.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((ends[middle] ?? 0) <= offset) low = middle + 1;
    else high = middle;
  }
  return low;
}
