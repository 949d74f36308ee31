/** Those who ask in a chaos beside the plain requests: cargo itself, and somebody who follows the events. */
import { parseLockfile } from '../../src/cargo/lockfile.ts';
import { cargoProject } from './cargo.ts';
import { get } from './http.ts';

/** A release as cargo locked and fetched it. */
export interface Fetched {
  readonly name: string;
  readonly version: string;
  readonly checksum: string;
}

/** Has cargo, with an empty home, resolve and fetch the crates through a server; what it has then, or what it says. */
export async function cargoFetch(
  url: string,
  names: readonly string[],
): Promise<{ readonly fetched: readonly Fetched[] } | { readonly said: string }> {
  const dependencies = Object.fromEntries(names.map((name) => [name, '*']));
  const project = cargoProject({ dependencies, registryUrl: `sparse+${url}/index/`, retries: 1 });
  try {
    const { code, stderr } = await project.run(['fetch']);
    if (code !== 0) return { said: stderr };
    const { packages } = parseLockfile(await project.lockfile());
    return {
      fetched: packages.flatMap(({ name, version, checksum }) =>
        checksum === undefined ? [] : [{ name, version, checksum }],
      ),
    };
  } catch (error) {
    return { said: String(error) };
  } finally {
    project.cleanup();
  }
}

/** Somebody who asks for what happened since, of this replica or that one. */
export class Follower {
  /** The ids of the events that came, in the order in which they came. */
  readonly seen: number[] = [];

  /** Asks once. */
  async ask(url: string): Promise<void> {
    const after = this.seen.at(-1) ?? 0;
    const path = `${url}/api/v1/events?after=${after}`;
    const answer = await get(path, { signal: AbortSignal.timeout(20_000) }).catch(() => undefined);
    if (answer?.status !== 200) return;
    for (const [, id] of answer.text.matchAll(/^id: (\d+)\n/gm)) this.seen.push(Number(id));
  }

  /** What is wrong with what came, where something is: the log counts from one, without a gap. */
  wrong(): string | undefined {
    const at = this.seen.findIndex((id, i) => id !== i + 1);
    return at === -1 ? undefined : `an event was lost: ${this.seen[at]} came where ${at + 1} should`;
  }
}
