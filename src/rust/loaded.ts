import { commaParts, metaOf } from './attribute.ts';
import type { Item } from './item.ts';
import type { ModuleTree } from './module.ts';
import { placeOf, type Tokens } from './tokens.ts';

/** An item that runs, or that other code finds, without being called by name. */
export interface LoadedItem {
  /** `link_section`, `no_mangle`. */
  readonly attribute: string;
  readonly name: string;
  readonly file: string;
  /** 1-based. */
  readonly line: number;
}

/**
 * Attributes that have a loader, a linker or other code find an item (The Rust Reference, "Application Binary
 * Interface"), and those of crates that make such items.
 */
const attributes: ReadonlySet<string> = new Set([
  'used',
  'link_section',
  'no_mangle',
  'export_name',
  'ctor',
  'ctor::ctor',
  'dtor',
  'ctor::dtor',
  'dtor::dtor',
  'startup',
  'distributed_slice',
  'linkme::distributed_slice',
  'global_allocator',
  'panic_handler',
]);

/** The items of a crate that are found by their section or symbol, in their order. */
export function loadedItems(tree: ModuleTree): readonly LoadedItem[] {
  return tree.modules.flatMap(({ tokens, file, items }) =>
    items.flatMap((item) => {
      const attribute = loadedBy(tokens, item);
      if (attribute === undefined) return [];
      return [{ attribute, name: item.name ?? '', file, line: placeOf(tokens, item.content.from).line }];
    }),
  );
}

/** The attribute by which an item is found; `undefined` for all others. `#[cfg_attr(…, used)]` counts. */
export function loadedBy(tokens: Tokens, { attributes: own }: Pick<Item, 'attributes'>): string | undefined {
  for (const { path, input } of own) {
    if (attributes.has(path)) return path;
    if (path !== 'cfg_attr' || input === undefined) continue;
    const inner = commaParts(tokens, input)
      .slice(1)
      .map((part) => metaOf(tokens, part).path);
    const found = inner.find((name) => attributes.has(name));
    if (found !== undefined) return found;
  }
  return undefined;
}
