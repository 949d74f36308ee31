import type { Side } from '../../../src/gate/surroundings/side.ts';

/** A state of a project from its files' texts. */
export function sideOf(files: Readonly<Record<string, string | Uint8Array>>): Side {
  const entries = Object.entries(files).map(([path, content]) => [path, Buffer.from(content)] as const);
  return { paths: new Set(entries.map(([path]) => path)), files: new Map(entries) };
}
