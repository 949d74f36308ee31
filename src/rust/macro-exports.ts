import { commaParts } from './attribute.ts';
import { type ExpandedAttribute, expandedAttributes } from './conditions.ts';
import { tokenDigest } from './digest.ts';
import { type Item, itemsOf } from './item.ts';
import type { Module, ModuleTree, Unfollowed } from './module.ts';
import {
  inside,
  isSign,
  isSigns,
  isWord,
  nameOf,
  placeOf,
  type TokenRange,
  type Tokens,
  textOf,
} from './tokens.ts';

/** A macro that a library offers (The Rust Reference, "Procedural Macros"). */
export interface MacroExport {
  readonly kind: 'function' | 'attribute' | 'derive';
  readonly name: string;
  /** Helper attributes of a derive, sorted. */
  readonly attributes: readonly string[];
  /** `fn derive(input: TokenStream) -> TokenStream`: a space wherever anything stands between its tokens. */
  readonly signature: string;
  readonly file: string;
  /** 1-based. */
  readonly line: number;
  /** Names of what is behind it: a function, or what the call of a macro names that makes one. */
  readonly entries: readonly string[];
}

const kinds: Readonly<Record<string, MacroExport['kind']>> = {
  proc_macro: 'function',
  proc_macro_attribute: 'attribute',
  proc_macro_derive: 'derive',
};

/** The macros that the root of a library exports, by kind and name, and where macros make exports that nobody can read. */
export function macroExports(tree: ModuleTree): {
  readonly exports: readonly MacroExport[];
  readonly opaque: readonly Unfollowed[];
} {
  const roots = tree.modules.filter(({ path, made }) => path.length === 0 && made !== true);
  const makers = roots.flatMap(makersIn);
  const exports: MacroExport[] = [];
  for (const module of roots) {
    for (const item of module.items) {
      if (item.kind === 'fn') exports.push(...exportsOf(module, item));
      else if (item.kind === 'macro-call' && item.body !== undefined) {
        const maker = makers.find(({ name }) => name === item.name);
        exports.push(
          ...(maker === undefined ? called(module, item, item.body) : made(module, item, item.body, maker)),
        );
      }
    }
  }
  const opaque = makers
    .filter(({ name }) => !exports.some(({ entries }) => entries[0] === name))
    .map(({ file, line }) => ({ file, line, reason: 'a macro makes the macros that are exported' }));
  return { exports: distinct(exports), opaque };
}

/** A macro of the library's own that makes exports. */
interface Maker {
  readonly name: string;
  readonly kind: MacroExport['kind'];
  readonly file: string;
  readonly line: number;
  /** Of its definition. */
  readonly digest: string;
}

function makersIn({ items, tokens, file }: Module): readonly Maker[] {
  return items.flatMap(({ kind, name, body }) => {
    if (kind !== 'macro-rules' || name === undefined || body === undefined) return [];
    for (let at = body.from; at < body.to; at++) {
      if (!isSign(tokens, at, '#') || !isSign(tokens, at + 1, '[')) continue;
      const word = nameOf(tokens, at + 2) ?? '';
      const made = Object.hasOwn(kinds, word) ? kinds[word] : undefined;
      if (made === undefined) continue;
      const digest = tokenDigest([{ tokens, range: body }]);
      return [{ name, kind: made, file, line: placeOf(tokens, at).line, digest }];
    }
    return [];
  });
}

/** What a call makes is known by the call and by the definition, though not by the name that it will have. */
function made(
  { tokens, file }: Module,
  { content, name }: Item,
  body: TokenRange,
  maker: Maker,
): readonly MacroExport[] {
  const names = new Set([maker.name]);
  for (let at = body.from; at < body.to; at++) {
    const named = nameOf(tokens, at);
    if (named !== undefined) names.add(named);
  }
  const text = spaced(tokens, { from: content.from, to: body.to + 1 });
  return [
    {
      kind: maker.kind,
      name: text,
      attributes: [`made by ${name}! ${maker.digest.slice(0, 16)}`],
      signature: text,
      file,
      line: placeOf(tokens, content.from).line,
      entries: [...names],
    },
  ];
}

function exportsOf(module: Module, item: Item): readonly MacroExport[] {
  return expandedAttributes(module.tokens, item.attributes, () => undefined).flatMap((attribute) => {
    const kind = Object.hasOwn(kinds, attribute.path) ? kinds[attribute.path] : undefined;
    return kind === undefined ? [] : [exportOf(module, item, kind, attribute)];
  });
}

function exportOf(
  { tokens, file }: Module,
  item: Item,
  kind: MacroExport['kind'],
  { input }: Pick<ExpandedAttribute, 'input'>,
): MacroExport {
  const named = kind === 'derive' && input !== undefined ? derived(tokens, input) : undefined;
  return {
    kind,
    name: named?.name ?? item.name ?? '?',
    attributes: named?.attributes ?? [],
    signature: signatureOf(tokens, item),
    file,
    line: placeOf(tokens, item.content.from).line,
    entries: [item.name ?? '?'],
  };
}

/** `Name, attributes(a, b)`. */
function derived(
  tokens: Tokens,
  input: TokenRange,
): { readonly name: string; readonly attributes: readonly string[] } {
  const [first, ...rest] = commaParts(tokens, input);
  const attributes = rest.flatMap(({ from }) =>
    isWord(tokens, from, 'attributes') && isSign(tokens, from + 1, '(')
      ? commaParts(tokens, inside(tokens, from + 1)).map((part) => textOf(tokens, part.from))
      : [],
  );
  return { name: first === undefined ? '?' : textOf(tokens, first.from), attributes: attributes.sort() };
}

function signatureOf(tokens: Tokens, { content, body }: Item): string {
  return spaced(tokens, { from: content.from, to: body === undefined ? content.to : body.from - 1 });
}

/** Tokens as they were written, with one space for whatever stands between them. */
function spaced(tokens: Tokens, { from, to }: TokenRange): string {
  let text = '';
  for (let at = from; at < to; at++) {
    const isApart = at > from && tokens.ends[at - 1] !== tokens.starts[at];
    text += `${isApart ? ' ' : ''}${textOf(tokens, at)}`;
  }
  return text;
}

/** Exports within a macro's call: `decl_derive!([Name, attributes(a)] => function);` of synstructure, or whole functions. */
function called(module: Module, item: Item, body: TokenRange): readonly MacroExport[] {
  const { tokens } = module;
  const kind =
    item.name === 'decl_derive' ? 'derive' : item.name === 'decl_attribute' ? 'attribute' : undefined;
  if (kind === undefined)
    return itemsOf(tokens, body).items.flatMap((inner) =>
      inner.kind === 'fn' ? exportsOf(module, inner) : [],
    );
  const open = body.from;
  const arrow = isSign(tokens, open, '[') ? (tokens.partners[open] ?? open) + 1 : open;
  if (!isSigns(tokens, arrow, '=>')) return [];
  const named = derived(tokens, inside(tokens, open));
  const line = placeOf(tokens, open).line;
  const entry = nameOf(tokens, arrow + 2) ?? '?';
  return [{ kind, ...named, signature: `fn ${entry}`, file: module.file, line, entries: [entry] }];
}

function distinct(exports: readonly MacroExport[]): readonly MacroExport[] {
  const byKey = new Map(exports.map((one) => [`${one.kind} ${one.name}`, one]));
  return [...byKey].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, one]) => one);
}
