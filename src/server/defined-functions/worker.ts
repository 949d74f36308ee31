import { readFileSync } from 'node:fs';
import { worker } from 'workerpool';
import { readCrateArchive } from '../../cargo/crate-archive.ts';
import { CargoError } from '../../cargo/error.ts';
import { definesFunction } from '../../rust/defined-functions.ts';
import type { AskedFunctions } from './defined.ts';

/** Code that is not in the library, or only for its tests. */
const elsewhere = /^(?:build\.rs$|(?:tests|benches|examples)\/)|(?:^|\/)tests?\.rs$/;

/** Whether the library in an archive defines each of some functions; not where it cannot be read. */
function defines({ paths, ...place }: AskedFunctions): boolean {
  try {
    const { files } = readCrateArchive('path' in place ? readFileSync(place.path) : place.bytes);
    const texts = files
      .filter(({ path }) => path.endsWith('.rs') && !elsewhere.test(path))
      .map(({ bytes }) => new TextDecoder().decode(bytes));
    return paths.every((path) => texts.some((text) => definesFunction(text, path)));
  } catch (error) {
    if (error instanceof CargoError) return false;
    throw error;
  }
}

worker({ defines });
