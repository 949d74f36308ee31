import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  opendirSync,
  openSync,
  readlinkSync,
  readSync,
} from 'node:fs';

/** A file of a root, open. Whoever opened it closes it. */
export interface OpenFile {
  readonly descriptor: number;
  /** Bytes. */
  readonly size: number;
  /** Of the file: device, inode, change time and size. */
  readonly key: string;
  /** Its path in that root, without links. */
  readonly real: string;
}

/** Links that are followed on one way, and parts of it; the kernel follows 40 (path_resolution(7)). */
const most = { links: 40, parts: 512 };

/**
 * A root as a process has it (`/proc/PID/root`). Links in it lead where they lead for that process: never out of it,
 * whatever somebody put there. Only files are opened: neither what blocks (a FIFO) nor what acts when it is opened (a
 * device).
 */
export class Root {
  readonly #base: string;

  /** `base`: a folder here, without a slash at its end. */
  constructor(base: string) {
    this.#base = base === '/' ? '' : base;
  }

  /** Where a path without links lies here, whether anything is there or not. */
  at(real: string): string {
    return `${this.#base}${real}`;
  }

  /** The names in a folder, given without links. Throws what the system says. */
  *names(real: string): Generator<string> {
    const entries = opendirSync(this.at(real));
    try {
      for (let entry = entries.readSync(); entry !== null; entry = entries.readSync()) yield entry.name;
    } finally {
      entries.closeSync();
    }
  }

  /** Opens a file. `undefined` where there is none, or nothing that is a file. Throws what the system says otherwise. */
  open(path: string): OpenFile | undefined {
    const real = this.realOf(path);
    if (real === undefined || !lstatSync(this.at(real), { throwIfNoEntry: false })?.isFile())
      return undefined;
    const { O_RDONLY, O_NONBLOCK, O_NOFOLLOW, O_NOCTTY } = constants;
    const descriptor = openSync(this.at(real), O_RDONLY | O_NONBLOCK | O_NOFOLLOW | O_NOCTTY);
    const stats = fstatSync(descriptor, { bigint: true });
    // It may be another one by now.
    if (!stats.isFile()) {
      closeSync(descriptor);
      return undefined;
    }
    const { dev, ino, ctimeNs, size } = stats;
    return { descriptor, size: Number(size), key: `${dev}:${ino}:${ctimeNs}:${size}`, real };
  }

  /** The path of something in this root without links; `undefined` where nothing is there, or the links go round. */
  realOf(path: string): string | undefined {
    // No name has a NUL in it, and what is asked for may be what an image or a file says.
    if (path.includes('\0')) return undefined;
    const rest = path.split('/').reverse();
    const real: string[] = [];
    let links = 0;
    for (let part = rest.pop(), parts = 0; part !== undefined; part = rest.pop(), parts++) {
      if (parts > most.parts) return undefined;
      if (part === '' || part === '.') continue;
      if (part === '..') {
        real.pop();
        continue;
      }
      const at = this.at(`/${[...real, part].join('/')}`);
      const stats = statOf(at);
      if (stats === undefined) return undefined;
      if (!stats.isSymbolicLink()) {
        real.push(part);
        continue;
      }
      if (++links > most.links) return undefined;
      const target = readlinkSync(at);
      if (target.startsWith('/')) real.length = 0;
      rest.push(...target.split('/').reverse());
    }
    return `/${real.join('/')}`;
  }

  /**
   * The text of a file (UTF-8); `undefined` where there is none. Throws `TooLarge` for one of more bytes, and what the system says.
   */
  text(path: string, maxBytes: number): string | undefined {
    const file = this.open(path);
    if (file === undefined) return undefined;
    try {
      if (file.size > maxBytes) throw new TooLarge(path);
      const bytes = Buffer.allocUnsafe(file.size);
      let at = 0;
      for (let count = 1; count > 0 && at < bytes.length; at += count)
        count = readSync(file.descriptor, bytes, at, bytes.length - at, at);
      return bytes.toString('utf8', 0, at);
    } finally {
      closeSync(file.descriptor);
    }
  }
}

/** A file that is larger than any of its kind: it is not read. */
export class TooLarge extends Error {
  constructor(path: string) {
    super(`${path} is too large`);
  }
}

function statOf(path: string) {
  try {
    return lstatSync(path, { throwIfNoEntry: false });
  } catch (error) {
    if (isAbsent(error)) return undefined;
    throw error;
  }
}

/**
 * Whether the system says that something is not there, that nobody may look, or that what it lies on does not answer:
 * all that somebody else can bring about, and not what this program itself lacks.
 */
export function isAbsent(error: unknown): boolean {
  const { code, syscall } = error as NodeJS.ErrnoException;
  return syscall !== undefined && !['EMFILE', 'ENFILE', 'ENOMEM'].includes(code ?? '');
}
