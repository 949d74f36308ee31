import { statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { ByteSource } from '../../binary/bytes.ts';
import { debugLinkIn, isDebugFile, isDebugOf } from '../../binary/debug-file.ts';
import { packedUnits, type SplitUnits } from '../../binary/dwarf/split.ts';
import { BinaryError } from '../../binary/error.ts';
import { imageIn } from '../../binary/executable.ts';
import { type KnownFunctions, knownFunctions, type LinkedCrate } from '../../binary/functions.ts';
import type { Image } from '../../binary/image.ts';
import { withBinary } from '../shared/binary-file.ts';
import { CliError } from '../shared/error.ts';

/**
 * Which functions a program has code of, by its own debug information, or by what lies beside it: `NAME.dwp` with the
 * units that are split from it; `NAME.debug` and what its `.gnu_debuglink` names, also in `.debug/`, and `.build-id/`,
 * where that is of the same link. `crates` are all that it is linked of; `stamp` says what was read of it before. Throws
 * `CliError` where it was replaced or written to since.
 */
export function functionsOfProgram(
  { path, stamp }: { readonly path: string; readonly stamp: string },
  crates: readonly LinkedCrate[],
): KnownFunctions {
  return withBinary(path, (source, now): KnownFunctions => {
    if (now !== stamp)
      throw new BinaryError('binary/broken', 'it was replaced or written to while it was read');
    const image = imageIn(source);
    if (image?.format !== 'elf') return { kind: 'unknown', reason: 'it is no ELF file' };
    const own = withUnits(path, (split) => knownFunctions(source, image, crates, split));
    if (image.sections.some(({ name }) => name === '.debug_info')) return own;
    const link = debugLinkIn(source, image);
    for (const aside of debugFilesOf(path, image, link?.name)) {
      const known = besideProgram(aside, (debug) => {
        if (!isDebugFile(debug.image) || !isDebugOf({ image, link }, debug)) return undefined;
        // Its own dynamic section has no bytes any more.
        const whole = { ...debug.image, needed: image.needed };
        return withUnits(path, (split) => knownFunctions(debug.source, whole, crates, split));
      });
      if (known !== undefined) return known;
    }
    return own;
  });
}

function withUnits(path: string, judge: (split: SplitUnits | undefined) => KnownFunctions): KnownFunctions {
  const packed = `${path}.dwp`;
  if (!isFile(packed)) return judge(undefined);
  const known = besideProgram(packed, ({ source, image }) => judge(packedUnits(source, image)));
  return known ?? judge(undefined);
}

/** `undefined`: what is there is no file of that kind, or broken. */
function besideProgram<T>(
  path: string,
  read: (debug: { readonly source: ByteSource; readonly image: Image }) => T | undefined,
): T | undefined {
  try {
    return withBinary(path, (source) => {
      const image = imageIn(source);
      return image === undefined ? undefined : read({ source, image });
    });
  } catch (error) {
    if (error instanceof CliError || error instanceof BinaryError) return undefined;
    throw error;
  }
}

/** Where debuggers look for it (GDB manual, "Separate Debug Files"), as far as that is beside the program. */
function debugFilesOf(path: string, { buildId }: Image, linked: string | undefined): readonly string[] {
  const folder = dirname(path);
  const named = linked === undefined ? [] : [join(folder, linked), join(folder, '.debug', linked)];
  const byId =
    buildId === undefined || buildId.length < 4
      ? []
      : [join(folder, '.build-id', buildId.slice(0, 2), `${buildId.slice(2)}.debug`)];
  return [...new Set([...byId, ...named, `${path}.debug`])].filter((one) => one !== path && isFile(one));
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true;
}
