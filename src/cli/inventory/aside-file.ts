import { closeSync, mkdtempSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Aside } from '../../inventory/parts.ts';
import type { StatedComponent } from '../../inventory/statement.ts';

/** Letters that are written, and bytes that are read, at once. */
const atOnce = 1024 * 1024;

/**
 * What waits aside in a file that nobody else finds, gone when the program ends. Of a scan of a million files this is
 * most of it.
 */
export class AsideFile implements Aside {
  #file: number | undefined;
  #lines: string[] = [];
  #letters = 0;

  put(place: number, stated: StatedComponent): void {
    const line = `${JSON.stringify([place, stated])}\n`;
    this.#lines.push(line);
    this.#letters += line.length;
    if (this.#letters >= atOnce) this.#flush();
  }

  *all(): Generator<readonly [number, StatedComponent]> {
    this.#flush();
    const file = this.#file;
    if (file === undefined) return;
    const chunk = Buffer.alloc(atOnce);
    let rest = Buffer.alloc(0);
    for (let at = 0, read = readSync(file, chunk, 0, atOnce, at); read > 0; ) {
      const bytes = Buffer.concat([rest, chunk.subarray(0, read)]);
      const end = bytes.lastIndexOf(0x0a) + 1;
      for (const line of bytes.subarray(0, end).toString('utf8').split('\n'))
        if (line !== '') yield JSON.parse(line) as [number, StatedComponent];
      rest = Buffer.from(bytes.subarray(end));
      at += read;
      read = readSync(file, chunk, 0, atOnce, at);
    }
  }

  close(): void {
    if (this.#file !== undefined) closeSync(this.#file);
    this.#file = undefined;
  }

  #flush(): void {
    if (this.#lines.length === 0) return;
    this.#file ??= nameless();
    writeSync(this.#file, this.#lines.join(''));
    [this.#lines, this.#letters] = [[], 0];
  }
}

/** A file without a name: no one else opens it, and nothing has to clean it up. */
function nameless(): number {
  const folder = mkdtempSync(join(tmpdir(), 'safeguard-'));
  try {
    return openSync(join(folder, 'aside'), 'w+', 0o600);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
