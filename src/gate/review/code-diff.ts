import { createPatch } from 'diff';
import type { ApprovedKind } from '../../facts/approval.ts';
import { codeTree } from '../../rust/code-tree.ts';
import { tokenDigest } from '../../rust/digest.ts';
import type { Module, PlacedItem } from '../../rust/module.ts';
import type { PackageSource } from '../../rust/package-source.ts';

/** An item of code that one version has and the other has not, or has otherwise. Layout and comments are no difference. */
export interface ItemChange {
  readonly kind: 'added' | 'removed' | 'changed';
  /** `fn main`, `net::impl Client`. */
  readonly item: string;
  readonly file: string;
  /** 1-based, in the newer version; in the older one for what was removed. */
  readonly line: number;
  /** A unified diff of the item's text. */
  readonly patch: string;
}

/** What of a package's code is compared: what runs at build time. */
export type Compared = ApprovedKind;

/** Compares the code of two versions, item by item; items are told apart by their module, kind and name. */
export function diffCode(before: PackageSource, after: PackageSource, code: Compared): readonly ItemChange[] {
  const old = itemsOf(before, code);
  const now = itemsOf(after, code);
  const changes: ItemChange[] = [];
  for (const [key, item] of now) {
    const was = old.get(key);
    if (was === undefined) changes.push(change('added', item, '', item.text));
    else if (was.digest !== item.digest) changes.push(change('changed', item, was.text, item.text));
  }
  for (const [key, item] of old) if (!now.has(key)) changes.push(change('removed', item, item.text, ''));
  return changes;
}

interface Placed {
  readonly name: string;
  readonly file: string;
  readonly line: number;
  readonly text: string;
  readonly digest: string;
}

function change(kind: ItemChange['kind'], item: Placed, before: string, after: string): ItemChange {
  const patch = createPatch(item.file, before, after, undefined, undefined, { context: 2 });
  return {
    kind,
    item: item.name,
    file: item.file,
    line: item.line,
    patch: patch.split('\n').slice(4).join('\n').trimEnd(),
  };
}

function itemsOf(source: PackageSource, code: Compared): ReadonlyMap<string, Placed> {
  const { buildScripts, library, procMacro } = source;
  const role = code === 'build-script' ? code : procMacro ? 'proc-macro' : 'library';
  const roots = code === 'build-script' ? buildScripts : library === undefined ? [] : [library];
  const items = new Map<string, Placed>();
  const counts = new Map<string, number>();
  for (const root of roots) {
    for (const module of codeTree(source, root, role).tree.modules) {
      for (const item of module.items) {
        if (item.kind === 'mod') continue;
        const placed = placedOf(module, item);
        const count = (counts.get(placed.name) ?? 0) + 1;
        counts.set(placed.name, count);
        items.set(`${placed.name} ${count}`, placed);
      }
    }
  }
  return items;
}

/** An item without its attributes' documentation; its header tells an `impl` or a `use` from another. */
function placedOf(module: Module, item: PlacedItem): Placed {
  const { tokens, file, path } = module;
  const { content, range } = item;
  const start = tokens.starts[range.from] ?? 0;
  const end = tokens.ends[range.to - 1] ?? start;
  const headerEnd = item.body === undefined ? end : (tokens.starts[item.body.from - 1] ?? end);
  const header = tokens.source
    .slice(tokens.starts[content.from] ?? start, headerEnd)
    .replaceAll(/\s+/g, ' ')
    .trim();
  const own = item.name === undefined ? header.slice(0, 80) : `${item.kind} ${item.name}`;
  return {
    name: [...path, own].join('::'),
    file,
    line: tokens.source.slice(0, start).split('\n').length,
    text: `${tokens.source.slice(start, end)}\n`,
    digest: tokenDigest([{ tokens, range }]),
  };
}
