import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** What is kept at most while the server is away. */
const most = { messages: 10_000, bytes: 64 * 1024 * 1024 };

/**
 * Messages that the server has not taken yet, oldest first, a file each. One that is half written is none: it gets its
 * name when it is whole. So whoever is killed goes on where he was.
 */
export class DiskQueue {
  readonly #folder: string;
  /** Names of the files, ascending, with the bytes of each. */
  readonly #waiting: { readonly name: string; readonly bytes: number }[];
  #bytes: number;
  #last: number;

  /** Throws what the system says of the folder, which is made where it is not there. */
  constructor(folder: string) {
    this.#folder = folder;
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const names = readdirSync(folder).filter((name) => /^\d{12}\.json$/.test(name));
    this.#waiting = names.sort().map((name) => ({ name, bytes: statSync(join(folder, name)).size }));
    this.#bytes = this.#waiting.reduce((sum, { bytes }) => sum + bytes, 0);
    this.#last = Number(this.#waiting.at(-1)?.name.slice(0, 12) ?? 0);
  }

  get size(): number {
    return this.#waiting.length;
  }

  /** Puts a message behind the others; `false` where it is full, and nothing was put there. */
  put(message: unknown): boolean {
    const text = JSON.stringify(message);
    const bytes = Buffer.byteLength(text);
    if (this.size > 0 && (this.size >= most.messages || this.#bytes + bytes > most.bytes)) return false;
    const name = `${String(this.#last + 1).padStart(12, '0')}.json`;
    const half = join(this.#folder, 'half');
    writeFileSync(half, text, { mode: 0o600 });
    renameSync(half, join(this.#folder, name));
    this.#last += 1;
    this.#waiting.push({ name, bytes });
    this.#bytes += bytes;
    return true;
  }

  /** The oldest message; `undefined` where there is none. What cannot be read any more is left out. */
  first(): unknown {
    for (let [oldest] = this.#waiting; oldest !== undefined; [oldest] = this.#waiting) {
      try {
        return JSON.parse(readFileSync(join(this.#folder, oldest.name), 'utf8'));
      } catch (error) {
        if (!(error instanceof SyntaxError) && (error as NodeJS.ErrnoException).code !== 'ENOENT')
          throw error;
        this.drop();
      }
    }
    return undefined;
  }

  /** Forgets the oldest message. */
  drop(): void {
    const oldest = this.#waiting.shift();
    if (oldest === undefined) return;
    this.#bytes -= oldest.bytes;
    rmSync(join(this.#folder, oldest.name), { force: true });
  }

  clear(): void {
    while (this.size > 0) this.drop();
  }
}
