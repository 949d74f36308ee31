import type { Item } from './item.ts';
import { loadedBy } from './loaded.ts';
import type { MacroExport } from './macro-exports.ts';
import type { Module, ModuleTree } from './module.ts';
import { nameOf, type TokenRange, type Tokens } from './tokens.ts';
import { usesOf } from './use-tree.ts';

interface Stretch {
  readonly tokens: Tokens;
  readonly range: TokenRange;
}

/**
 * The items of a crate that its exports can reach, in their order: an item is reached where a reached one has its name
 * anywhere, an `impl` where it is of anything that is. Names are compared without their modules, which reaches too much
 * rather than too little.
 */
export function reachable(tree: ModuleTree, exports: readonly MacroExport[]): readonly Stretch[] {
  const written = tree.modules.filter(({ made }) => made !== true);
  const items = written.flatMap((module) => module.items.flatMap((item) => stretchOf(module, item)));
  const byName = new Map<string, Placed[]>();
  for (const placed of items)
    for (const name of placed.names) byName.set(name, [...(byName.get(name) ?? []), placed]);
  const reached = new Set<Placed>(items.filter(({ always }) => always));
  const queue = exports.flatMap(({ entries }) => entries);
  const seen = new Set<string>();
  for (const placed of reached) queue.push(...namesIn(placed));
  for (let name = queue.pop(); name !== undefined; name = queue.pop()) {
    if (seen.has(name)) continue;
    seen.add(name);
    for (const placed of byName.get(name) ?? []) {
      if (reached.has(placed)) continue;
      reached.add(placed);
      queue.push(...namesIn(placed));
    }
  }
  return items.filter((placed) => reached.has(placed));
}

interface Placed extends Stretch {
  /** What it is reached by. */
  readonly names: readonly string[];
  /** Whether it is reached in any case: macro calls, what is not understood. */
  readonly always: boolean;
}

function stretchOf({ tokens }: Module, item: Item): readonly Placed[] {
  const { kind, name, content, body } = item;
  const range = item.range;
  // A module's items stand by themselves.
  if (kind === 'mod') return [];
  if (kind === 'use' || kind === 'extern-crate') {
    const names = usesOf(tokens, item).map((use) => use.name);
    return [{ tokens, range, names, always: names.includes('*') }];
  }
  if (kind === 'impl') {
    const header = namesIn({ tokens, range: { from: content.from, to: body?.from ?? content.to } });
    return [{ tokens, range, names: [...header], always: false }];
  }
  // What a loader or a linker finds by itself is reached without a name.
  if (
    name === undefined ||
    kind === 'macro-call' ||
    kind === 'unknown' ||
    loadedBy(tokens, item) !== undefined
  )
    return [{ tokens, range, names: [], always: true }];
  return [{ tokens, range, names: [name], always: false }];
}

function namesIn({ tokens, range }: Stretch): ReadonlySet<string> {
  const names = new Set<string>();
  for (let at = range.from; at < range.to; at++) {
    const name = nameOf(tokens, at);
    if (name !== undefined) names.add(name);
  }
  return names;
}
