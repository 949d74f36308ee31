import { lstatSync } from 'node:fs';
import { isAbsent, Root } from './root.ts';

/**
 * The root of a container that does not run, out of the layers that overlayfs would put together: in each place the
 * uppermost layer counts that has something there, and a whiteout hides what is below (kernel: overlayfs.rst,
 * "whiteouts and opaque directories"). Of an opaque folder nothing is known without its attributes, and what is below
 * it counts as there.
 */
export class LayeredRoot extends Root {
  readonly #layers: readonly string[];

  /** `layers`: folders here, the uppermost first. */
  constructor(layers: readonly string[]) {
    super(layers[0] ?? '');
    this.#layers = layers;
  }

  override at(real: string): string {
    return this.#placesOf(real)[0] ?? nowhere;
  }

  override *names(real: string): Generator<string> {
    const seen = new Set<string>();
    for (const place of this.#placesOf(real))
      for (const name of new Root(place).names('')) {
        if (seen.has(name)) continue;
        seen.add(name);
        if (kindOf(`${place}/${name}`) !== 'whiteout') yield name;
      }
  }

  /** Where a path lies, the uppermost first: several only for a folder. */
  #placesOf(real: string): readonly string[] {
    const parts = real.split('/').filter((part) => part !== '');
    const end = parts.map((part) => `/${part}`).join('');
    const places: string[] = [];
    for (const layer of this.#layers) {
      let at = layer;
      let kind = kindOf(at);
      for (const part of parts) {
        if (kind !== 'folder') break;
        at = `${at}/${part}`;
        kind = kindOf(at);
      }
      if (kind === 'absent') continue;
      // Something that is no folder stands in the way of all that is below it, wherever on the path that is.
      if (kind === 'whiteout' || (kind === 'other' && at !== `${layer}${end}`)) break;
      if (kind === 'folder' || places.length === 0) places.push(at);
      if (kind === 'other') break;
    }
    return places;
  }
}

/** Where nothing can be: what is hidden may lie in a layer all the same. */
const nowhere = '/dev/null/absent';

function kindOf(path: string): 'absent' | 'whiteout' | 'folder' | 'other' {
  try {
    const stats = lstatSync(path, { throwIfNoEntry: false });
    if (stats === undefined) return 'absent';
    if (stats.isCharacterDevice() && stats.rdev === 0) return 'whiteout';
    return stats.isDirectory() ? 'folder' : 'other';
  } catch (error) {
    if (isAbsent(error)) return 'absent';
    throw error;
  }
}
