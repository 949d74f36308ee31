import type { Manifest } from './manifest.ts';
import type { Table } from './shape.ts';

/** What a manifest says of its package that decides nothing about how it is built. As written, unchecked. */
export interface PackageAbout {
  /** `package.license`: an SPDX expression, or what its author took for one. */
  readonly license?: string;
  readonly authors: readonly string[];
  readonly description?: string;
  readonly repository?: string;
  readonly homepage?: string;
  readonly documentation?: string;
}

/**
 * Reads it, with what is inherited from the workspace's root. Never throws: cargo refuses a wrong type at publication, and
 * nothing here hangs on it.
 */
export function aboutPackage(manifest: Manifest, workspace: Manifest | undefined): PackageAbout {
  const fields = manifest.package?.fields;
  const inherited =
    workspace === undefined ? undefined : tableIn(tableIn(workspace.root, 'workspace'), 'package');
  const value = (key: string) => {
    const own = fields?.get(key);
    return isInherited(own) ? inherited?.get(key) : own;
  };
  const text = (key: string) => {
    const found = value(key);
    return typeof found === 'string' && found.trim() !== '' ? { [key]: found.trim() } : {};
  };
  const authors = value('authors');
  return {
    ...text('license'),
    authors: Array.isArray(authors) ? authors.filter((author) => typeof author === 'string') : [],
    ...text('description'),
    ...text('repository'),
    ...text('homepage'),
    ...text('documentation'),
  };
}

function isInherited(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'workspace' in value && value.workspace === true;
}

function tableIn(table: Table | undefined, key: string): Table | undefined {
  try {
    return table?.table(key);
  } catch {
    return undefined;
  }
}
