import { type ByteSource, bytesSource } from '../../binary/bytes.ts';
import { packedUnits, type SplitUnits, splitSections } from '../../binary/dwarf/split.ts';
import { imageIn } from '../../binary/executable.ts';
import { type KnownFunctions, knownFunctions, type LinkedCrate } from '../../binary/functions.ts';
import type { Image } from '../../binary/image.ts';
import type { Resolution } from '../../cargo/resolve/resolve.ts';
import type { CargoMessage } from '../run/messages.ts';
import { linkedIn } from './linked.ts';

/** A file that a build made. */
export interface Built {
  /** As cargo names it. */
  readonly path: string;
  readonly bytes: Uint8Array;
  /** The packages of this one file. */
  readonly own: Resolution;
  readonly messages: readonly CargoMessage[];
  /** Another file that the build made; `undefined`: there is none. */
  readonly made: (path: string) => Uint8Array | undefined;
}

/**
 * Which functions a file that a build made has code of, by its debug information, also where that was split from it.
 * What cargo says of how each crate was compiled tells one of macros and types alone from one that has no debug
 * information, which nothing in the file does.
 */
export function builtFunctions({ path, bytes, own, messages, made }: Built): KnownFunctions {
  const source = bytesSource(bytes);
  const image = imageIn(source);
  if (image === undefined) return { kind: 'unknown', reason: 'it is no program or dynamic library' };
  return knownFunctions(source, image, linkedCratesOf(own, messages), splitUnits(path, made));
}

/** The units that are split from it: in its package, or where the compiler left each. Those that cannot be read are not at hand. */
function splitUnits(path: string, made: Built['made']): SplitUnits {
  let packed: SplitUnits | undefined;
  const read = <T>(file: string, use: (source: ByteSource, image: Image) => T): T | undefined => {
    const bytes = made(file);
    if (bytes === undefined) return undefined;
    const source = bytesSource(bytes);
    const image = imageIn(source);
    return image === undefined ? undefined : use(source, image);
  };
  return (name) => {
    packed ??= read(`${path}.dwp`, packedUnits) ?? (({ file }) => read(file, splitSections));
    return packed(name);
  };
}

/** The crates that are linked into it, as code names them, by what cargo says that it compiled. */
export function linkedCratesOf(own: Resolution, messages: readonly CargoMessage[]): readonly LinkedCrate[] {
  const roots = new Set(own.roots.flatMap((index) => own.packages[index] ?? []));
  return [...linkedIn(own)].map((built): LinkedCrate => {
    const { name, version } = built;
    const libraries = messages.filter(
      (message) =>
        message.kind === 'artefact' &&
        message.package.name === name &&
        message.package.version === version &&
        message.kinds.some((kind) => ofLibraries.has(kind)),
    ) as readonly Extract<CargoMessage, { kind: 'artefact' }>[];
    const [library] = libraries;
    return {
      name: (library?.target ?? name).replaceAll('-', '_'),
      isRoot: roots.has(built),
      // Compiled for the machine that builds as well, it is not said which of the two is linked.
      describesFunctions:
        libraries.length > 0 && libraries.every(({ describesFunctions }) => describesFunctions),
    };
  });
}

const ofLibraries: ReadonlySet<string> = new Set(['lib', 'rlib', 'dylib', 'cdylib', 'staticlib']);
