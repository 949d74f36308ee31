import type { CargoMessage, CompiledPackage } from './messages.ts';

/** A file that a build delivers, by cargo's messages. */
export interface DeliveredArtefact {
  /** As cargo names it. */
  readonly path: string;
  readonly kind: 'program' | 'library';
  readonly package: CompiledPackage;
}

/** Programs, and libraries for others than Rust, that the messages name. */
export function deliveredIn(messages: readonly CargoMessage[]): readonly DeliveredArtefact[] {
  return messages.flatMap((message): readonly DeliveredArtefact[] => {
    if (message.kind !== 'artefact') return [];
    const { executable, kinds, files, package: pkg } = message;
    if (kinds.includes('bin') && executable !== undefined)
      return [{ path: executable, kind: 'program', package: pkg }];
    if (!kinds.some((kind) => kind === 'cdylib' || kind === 'staticlib')) return [];
    // Members alone: what they link is in them.
    if (!pkg.id.startsWith('path+')) return [];
    return files
      .filter((path) => /\.(?:so|a|dylib|dll|lib|wasm)$/.test(path))
      .map((path) => ({ path, kind: 'library', package: pkg }));
  });
}
