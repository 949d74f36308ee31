import { folderOf, joined } from '../source-path.ts';
import type { PackageFiles } from './package-files.ts';

/** Files of a package by what texts may call them. */
export class PackageIndex {
  readonly #paths: ReadonlySet<string>;
  readonly #byName: ReadonlyMap<string, readonly string[]>;
  /** By their folders, what tools begin with there, in the order of `beginnings`. */
  readonly #begun = new Map<string, string[]>();

  constructor({ paths }: Pick<PackageFiles, 'paths'>) {
    this.#paths = new Set(paths);
    this.#byName = Map.groupBy(paths, (path) => path.slice(path.lastIndexOf('/') + 1));
    for (const name of beginnings)
      for (const path of this.#byName.get(name) ?? []) {
        const known = this.#begun.get(folderOf(path));
        if (known === undefined) this.#begun.set(folderOf(path), [path]);
        else known.push(path);
      }
  }

  /**
   * The files that a text names: by their path in the package, from a folder, or by the end of their path; a text may be a command
   * line, or a path behind something that is filled in. `folder` is what a relative path starts from, beside the package's own.
   */
  named(text: string, folder = ''): readonly string[] {
    const found = new Set<string>();
    for (const word of text.split(/[\s"'`=,;:()<>|&]+/)) {
      const path = plain(word);
      if (path === '' || path.length > 512) continue;
      const name = path.slice(path.lastIndexOf('/') + 1);
      const same = this.#byName.get(name);
      if (same === undefined && !/^\.\.?$/.test(name)) continue;
      for (const place of [joined('', path), joined(folder, path)])
        if (this.#paths.has(place)) found.add(place);
      for (const other of same ?? []) if (other === path || other.endsWith(`/${path}`)) found.add(other);
    }
    return [...found];
  }

  /** What tools begin with in a folder that a text names, and the CMake module of that name. */
  begins(text: string, folder = ''): readonly string[] {
    const path = plain(text);
    if (path.length > 512 || /[\s'"]/.test(path)) return [];
    const places = [...new Set([joined('', path), joined(folder, path)])];
    const found = places.flatMap((place) => this.#begun.get(place) ?? []);
    const module = path === '' ? [] : (this.#byName.get(`${path}.cmake`) ?? []);
    return [...found, ...module];
  }
}

const beginnings = [
  'configure',
  'Makefile',
  'makefile',
  'GNUmakefile',
  'CMakeLists.txt',
  'meson.build',
  'build.ninja',
  'SConstruct',
];

/** `{root}/native/configure` is `native/configure`: what is filled in leads to the package, or nowhere. */
function plain(word: string): string {
  return word
    .replaceAll('\\', '/')
    .replace(/^.*(?:\}|\$\w+)\/?/, '')
    .replace(/^(?:\.?\/)+/, '')
    .replace(/\/+$/, '');
}
