import { parseIndexLine } from '../../cargo/index-entry.ts';
import { splitIndexFile } from '../../cargo/index-file.ts';
import type { UpstreamAddress } from '../../registry/upstream/address.ts';
import { Upstream } from '../../registry/upstream/upstream.ts';
import type { Release, RemoteCrates } from './crate-facts.ts';

/** Bytes of the largest archive that is taken. */
const maxArchiveBytes = 256 * 1024 * 1024;

/** Releases from a registry, or from a mirror of one. `close` when the work is done. */
export function remoteCrates(
  address: UpstreamAddress,
  clock: () => number,
): RemoteCrates & { readonly close: () => Promise<void> } {
  const upstream = new Upstream(address, clock);
  const files = new Map<string, Promise<readonly string[]>>();
  const linesOf = (crate: string) => {
    const lines = files.get(crate) ?? readLines(upstream, crate);
    files.set(crate, lines);
    return lines;
  };
  return {
    line: async (release) => (await linesOf(release.name)).find((line) => isLineOf(line, release)),
    archive: async ({ name, version, checksum }) => {
      const pieces: Uint8Array[] = [];
      let size = 0;
      for await (const piece of await upstream.download({ crate: name, version, checksum })) {
        size += piece.length;
        if (size > maxArchiveBytes) throw new Error(`it has more than ${maxArchiveBytes} bytes`);
        pieces.push(piece);
      }
      return Buffer.concat(pieces);
    },
    close: () => upstream.close(),
  };
}

async function readLines(upstream: Upstream, crate: string): Promise<readonly string[]> {
  const answer = await upstream.indexFile(crate);
  return answer.kind === 'file' ? splitIndexFile(answer.bytes).lines.map(({ text }) => text) : [];
}

/** Most lines are other versions: they are told apart before anything is parsed. */
function isLineOf(line: string, { version, checksum }: Release): boolean {
  if (!line.includes(checksum)) return false;
  try {
    const entry = parseIndexLine(line);
    return entry.vers === version && entry.cksum === checksum;
  } catch {
    return false;
  }
}
