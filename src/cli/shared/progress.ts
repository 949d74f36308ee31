/** Says how far the work is, on stderr: a bar on a terminal, elsewhere a line at every tenth. */
export interface Progress {
  /** After each step; `counts` is what to say beside the bar. */
  readonly step: (done: number, counts: string) => void;
  /** Removes the bar. */
  readonly end: () => void;
}

export function progressOn(stream: NodeJS.WriteStream, total: number): Progress {
  return stream.isTTY ? bar(stream, total) : lines(stream, total);
}

function bar(stream: NodeJS.WriteStream, total: number): Progress {
  let drawn = 0;
  return {
    step(done, counts) {
      const now = performance.now();
      // Twenty frames a second are plenty; the last one always shows.
      if (done < total && now - drawn < 50) return;
      drawn = now;
      const width = Math.max(10, Math.min(40, (stream.columns ?? 80) - counts.length - 24));
      const filled = Math.round((width * done) / Math.max(1, total));
      const drawing = `[${'='.repeat(filled)}${' '.repeat(width - filled)}]`;
      stream.write(`\r\u001b[2K${drawing} ${done} of ${total}  ${counts}`);
    },
    end: () => void stream.write('\r\u001b[2K'),
  };
}

function lines(stream: NodeJS.WriteStream, total: number): Progress {
  let said = 0;
  return {
    step(done, counts) {
      const tenth = Math.floor((10 * done) / Math.max(1, total));
      if (tenth === said) return;
      said = tenth;
      stream.write(`${done} of ${total}  ${counts}\n`);
    },
    end: () => undefined,
  };
}
