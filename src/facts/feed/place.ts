import type { FeedPorts } from './files.ts';
import { sourceText } from './source.ts';

// Feeds that are one file: named by its path or its http(s) address.

/** The bytes of a file, by its path or its address. Throws `FeedError`. */
export function readPlace(place: string, ports: Pick<FeedPorts, 'download' | 'file'>): Promise<Uint8Array> {
  return isAddress(place) ? ports.download(place) : ports.file(place);
}

/** As messages and provenance name it: a password in an address is nobody's to read. */
export function placeName(place: string): string {
  return isAddress(place) ? sourceText({ kind: 'tarball', url: place }) : place;
}

/** Whether it is fetched; else it lies on this machine. */
export function isAddress(place: string): boolean {
  return /^https?:\/\//i.test(place);
}
