/** One row of two versions side by side; a side that has no such line is absent. */
export interface Row {
  readonly before?: string;
  readonly after?: string;
}

/** The rows of a unified diff's hunks: what went beside what came, in order. Between two hunks stands a row of `…`. */
export function sidesOf(patch: string): readonly Row[] {
  const rows: Row[] = [];
  let gone: string[] = [];
  let come: string[] = [];
  const flush = () => {
    for (let at = 0; at < Math.max(gone.length, come.length); at++) {
      const [before, after] = [gone[at], come[at]];
      rows.push({ ...(before === undefined ? {} : { before }), ...(after === undefined ? {} : { after }) });
    }
    gone = [];
    come = [];
  };
  for (const line of patch.split('\n')) {
    const text = line.slice(1);
    if (line.startsWith('-')) {
      // What came before it belongs to what went before that.
      if (come.length > 0) flush();
      gone.push(text);
    } else if (line.startsWith('+')) come.push(text);
    else if (line.startsWith('@@')) {
      flush();
      if (rows.length > 0) rows.push({ before: '…', after: '…' });
    } else if (line.startsWith(' ')) {
      flush();
      rows.push({ before: text, after: text });
    }
  }
  flush();
  return rows;
}
