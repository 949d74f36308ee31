import { closeSync, constants, openSync, readlinkSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { isAbsent, Root } from './root.ts';

/** A root that processes have, held open for one look: it stays when they end. */
export interface HeldRoot {
  /** Of the mount namespace and the folder: equal for equal ones. */
  readonly key: string;
  readonly root: Root;
}

/** Where a process has its files. */
export interface Place {
  readonly own: HeldRoot;
  /** The path here of its root, as the kernel puts it before paths of a process that was moved there by chroot(2); `/` else. */
  readonly prefix: string;
  /** The root of its mount namespace where that is the host's or the agent's, for what it loaded before it was moved. */
  readonly outer: HeldRoot | undefined;
}

/** A path in a root. */
export interface Placed {
  readonly root: HeldRoot;
  readonly path: string;
}

/** Roots that are held at once: each takes a descriptor. */
const maxRoots = 500;

/** Opens roots of processes, each once for a look. */
export class Roots {
  readonly #held = new Map<string, { readonly held: HeldRoot; readonly descriptor: number }>();
  readonly #proc: string;

  constructor(proc: string) {
    this.#proc = proc;
  }

  /** `undefined` where it may not be read, the process has ended, or too many roots are open. */
  of(pid: string): Place | undefined {
    try {
      const folder = join(this.#proc, pid);
      const [namespace, prefix] = [readlinkSync(join(folder, 'ns/mnt')), readlinkSync(join(folder, 'root'))];
      const own = this.#hold(join(folder, 'root'), namespace);
      if (own === undefined) return undefined;
      return { own, prefix, outer: prefix === '/' ? undefined : this.#outerOf(namespace) };
    } catch (error) {
      if (isAbsent(error)) return undefined;
      throw error;
    }
  }

  /** The host's, as its first process has it; else the agent's own. */
  here(): HeldRoot | undefined {
    return (this.of('1') ?? this.of('self'))?.own;
  }

  close(): void {
    for (const { descriptor } of this.#held.values()) closeSync(descriptor);
    this.#held.clear();
  }

  /** A service of systemd's often has a namespace of its own, and looks at processes that have the host's. */
  #outerOf(namespace: string): HeldRoot | undefined {
    for (const pid of ['self', '1'])
      try {
        const folder = join(this.#proc, pid);
        if (readlinkSync(join(folder, 'ns/mnt')) === namespace)
          return this.#hold(join(folder, 'root'), namespace);
      } catch (error) {
        if (!isAbsent(error)) throw error;
      }
    return undefined;
  }

  #hold(path: string, namespace: string): HeldRoot | undefined {
    const { dev, ino } = statSync(path, { bigint: true });
    const key = `${namespace} ${dev}:${ino}`;
    const known = this.#held.get(key);
    if (known !== undefined) return known.held;
    if (this.#held.size >= maxRoots) return undefined;
    const descriptor = openSync(`${path}/`, constants.O_RDONLY | constants.O_DIRECTORY);
    const held = { key, root: new Root(`/proc/self/fd/${descriptor}`) };
    this.#held.set(key, { held, descriptor });
    return held;
  }
}

/** Where a path lies that the kernel shows of a process. `undefined`: nowhere that can be read. */
export function placed({ own, prefix, outer }: Place, path: string): Placed | undefined {
  if (prefix === '/') return { root: own, path };
  if (path.startsWith(`${prefix}/`)) return { root: own, path: path.slice(prefix.length) };
  return outer === undefined ? undefined : { root: outer, path };
}
