import { lstatSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
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
    makeFolder(folder);
    const names = readdirSync(folder).filter((name) => /^\d{12}\.json$/.test(name));
    this.#waiting = names.sort().flatMap((name) => {
      const stats = lstatSync(join(folder, name), { throwIfNoEntry: false });
      return stats?.isFile() === true ? [{ name, bytes: stats.size }] : [];
    });
    this.#bytes = this.#waiting.reduce((sum, { bytes }) => sum + bytes, 0);
    // What is no message has its number all the same.
    this.#last = Number(names.at(-1)?.slice(0, 12) ?? 0);
  }

  get size(): number {
    return this.#waiting.length;
  }

  /** Puts a message behind the others; `false` where it is full, and nothing was put there. Throws what the system says. */
  put(message: unknown): boolean {
    const text = JSON.stringify(message);
    const bytes = Buffer.byteLength(text);
    if (this.size > 0 && (this.size >= most.messages || this.#bytes + bytes > most.bytes)) return false;
    const name = `${String(this.#last + 1).padStart(12, '0')}.json`;
    const half = join(this.#folder, 'half');
    // Somebody may have tidied the folder away.
    makeFolder(this.#folder);
    writeFileSync(half, text, { mode: 0o600 });
    renameSync(half, join(this.#folder, name));
    this.#last += 1;
    this.#waiting.push({ name, bytes });
    this.#bytes += bytes;
    return true;
  }

  /** The oldest message, an object; `undefined` where there is none. What cannot be read any more is left out. */
  first(): object | undefined {
    for (let [oldest] = this.#waiting; oldest !== undefined; [oldest] = this.#waiting) {
      const message = read(join(this.#folder, oldest.name));
      if (message !== undefined) return message;
      this.drop();
    }
    return undefined;
  }

  /** Forgets the oldest message. One that cannot be removed is told again by the next run, and known by its number. */
  drop(): void {
    const oldest = this.#waiting.shift();
    if (oldest === undefined) return;
    this.#bytes -= oldest.bytes;
    try {
      rmSync(join(this.#folder, oldest.name), { force: true });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === undefined) throw error;
    }
  }

  clear(): void {
    while (this.size > 0) this.drop();
  }
}

function makeFolder(folder: string): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
}

function read(path: string): object | undefined {
  try {
    const value: unknown = JSON.parse(readFileSync(path, 'utf8'));
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch (error) {
    if (error instanceof SyntaxError || (error as NodeJS.ErrnoException).syscall !== undefined)
      return undefined;
    throw error;
  }
}
