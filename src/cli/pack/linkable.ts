import { type Span, type Token, tokensOf } from './tokens.ts';

/** A module as the body of a function, which asks for what it imports and hands over what it exports. */
export interface Linkable {
  /** Line for line as it was. */
  readonly code: string;
  /** What it imports before it runs, as written, each once. The code knows them by their number here. */
  readonly imports: readonly string[];
  /** What it may import later on. */
  readonly later: readonly string[];
  /** Names that it exports; `*` for each module that it exports all of. */
  readonly exports: readonly string[];
  /** Which names it takes of which import. */
  readonly wanted: readonly (readonly [from: string, name: string])[];
}

/**
 * Rewrites an ECMAScript module (types stripped) so that many of them can be run without a file, a resolution and a
 * module record for each. `$import(n, set)` runs the n-th import, and has `set` take what is wanted of it: at once, and
 * again when it is done where the two import each other. Throws `SyntaxError` for what it does not know: an exported
 * variable that may change, `await` outside of functions.
 */
export function linkable(source: string): Linkable {
  const writer = new Writer(source);
  const { tokens } = writer;
  for (let i = 0; i < tokens.length; i++) {
    const token = tokens[i];
    if (token?.kind !== 'word' || tokens[i - 1]?.text === '.') continue;
    if (token.text === 'import') {
      const next = tokens[i + 1]?.text;
      if (next === '(') writer.later(i);
      else if (next === '.') writer.meta(i);
      else if (token.depth === 0) i = writer.imported(i);
    } else if (token.text === 'export' && token.depth === 0) i = writer.exported(i);
    else if (token.text === 'await' && token.depth === 0)
      throw new SyntaxError('it waits for something before it is there');
  }
  return writer.end();
}

interface Edit extends Span {
  readonly text: string;
}

class Writer {
  readonly tokens: readonly Token[];
  readonly #source: string;
  readonly #comments: readonly Span[];
  readonly #edits: Edit[] = [];
  readonly #imports: string[] = [];
  readonly #later: string[] = [];
  readonly #wanted: (readonly [string, string])[] = [];
  /** By the name that is exported: the one that it has here. */
  readonly #exports = new Map<string, string>();
  readonly #hoisted = new Map<string, string>();
  readonly #others: string[] = [];

  constructor(source: string) {
    this.#source = source;
    const { tokens, comments } = tokensOf(source);
    this.tokens = tokens;
    this.#comments = comments;
  }

  /** `import('…')` */
  later(i: number): void {
    const specifier = this.#string(i + 2);
    if (this.#text(i + 3) !== ')') throw new SyntaxError('an import of something that is not a plain name');
    if (!this.#later.includes(specifier)) this.#later.push(specifier);
    this.#replace(i, i + 3, `$later(${JSON.stringify(specifier)})`);
  }

  /** `import.meta` */
  meta(i: number): void {
    this.#replace(i, i + 2, '$meta');
  }

  /** `import … from '…'`; answers with the last token of it. */
  imported(i: number): number {
    let at = i + 1;
    const names: Names = [];
    let byDefault: string | undefined;
    let whole: string | undefined;
    while (this.tokens[at]?.kind !== 'string') {
      const text = this.#text(at);
      if (text === '{') at = this.#names(at, names);
      else if (text === '*') {
        whole = this.#text(at + 2);
        at += 3;
      } else {
        if (text !== ',' && text !== 'from') byDefault = text;
        at += 1;
      }
    }
    const specifier = this.#string(at);
    const n = this.#number(specifier);
    const end = this.#attributes(at);
    const set: string[] = [];
    if (byDefault !== undefined) names.push(['default', byDefault]);
    for (const [name, local] of names) {
      if (name !== 'default') this.#wanted.push([specifier, name]);
      set.push(`${local} = ${name === 'default' ? `$default(${n})` : `$.${name}`};`);
    }
    if (whole !== undefined) set.push(`${whole} = $all(${n});`);
    const locals = [...names.map(([, local]) => local), ...(whole === undefined ? [] : [whole])];
    const parts =
      locals.length === 0
        ? [`$import(${n});`]
        : [`let ${locals.join(', ')};`, `$import(${n}, ($) => { ${set.join(' ')} });`];
    this.#replace(i, end, parts.join(' '));
    return end;
  }

  /** `export …`; answers with the last token that was looked at. */
  exported(i: number): number {
    const next = this.#text(i + 1);
    if (next === '{') return this.#list(i);
    if (next === '*') return this.#everything(i);
    if (next === 'default') return this.#byDefault(i);
    const declared = this.#declared(i + 1);
    if (declared === undefined) throw new SyntaxError(`an export of another kind: ${next}`);
    this.#declare(declared, declared, next);
    this.#replace(i, i, '');
    return i;
  }

  end(): Linkable {
    const handOver = (names: ReadonlyMap<string, string>) =>
      [...names].map(([name, local]) => `$exports.${name} = ${local}; `);
    const pieces = ["'use strict'; ", ...handOver(this.#hoisted)];
    let from = 0;
    for (const { start, end, text } of this.#all()) {
      const lines = this.#source.slice(start, end).split('\n').length - 1;
      pieces.push(this.#source.slice(from, start), text, '\n'.repeat(lines));
      from = end;
    }
    pieces.push(this.#source.slice(from), '\n', ...handOver(this.#exports));
    return {
      code: pieces.join(''),
      imports: this.#imports,
      later: this.#later,
      exports: [...this.#hoisted.keys(), ...this.#exports.keys(), ...this.#others],
      wanted: this.#wanted,
    };
  }

  /** The edits, and comments taken out: nobody reads them in a pack. */
  #all(): readonly Edit[] {
    const isOutside = ({ start, end }: Span) =>
      !this.#edits.some((edit) => edit.start < end && start < edit.end);
    const comments = this.#comments.filter(isOutside).map((span) => ({ ...span, text: ' ' }));
    return [...this.#edits, ...comments].sort((a, b) => a.start - b.start);
  }

  /** `export { a, b as c }`, of here or `from` elsewhere. */
  #list(i: number): number {
    const names: Names = [];
    const close = this.#names(i + 1, names) - 1;
    if (this.tokens[close + 1]?.text !== 'from') {
      for (const [local, name] of names) this.#exports.set(name, local);
      const end = this.tokens[close + 1]?.text === ';' ? close + 1 : close;
      this.#replace(i, end, '');
      return end;
    }
    const specifier = this.#string(close + 2);
    const n = this.#number(specifier);
    const end = this.#attributes(close + 2);
    const handed = names.map(([name, as]) => {
      if (name !== 'default') this.#wanted.push([specifier, name]);
      this.#others.push(as);
      return `$exports.${as} = ${name === 'default' ? `$default(${n})` : `$.${name}`};`;
    });
    this.#replace(i, end, `$import(${n}, ($) => { ${handed.join(' ')} });`);
    return end;
  }

  /** `export * from '…'`, `export * as a from '…'`. */
  #everything(i: number): number {
    const named = this.#text(i + 2) === 'as' ? this.#text(i + 3) : undefined;
    const at = named === undefined ? i + 3 : i + 5;
    const n = this.#number(this.#string(at));
    this.#others.push(named ?? '*');
    const end = this.#attributes(at);
    const set = named === undefined ? `$every(${n});` : `$exports.${named} = $all(${n});`;
    this.#replace(i, end, `$import(${n}, () => { ${set} });`);
    return end;
  }

  #byDefault(i: number): number {
    const declared = this.#declared(i + 2);
    if (declared === undefined) {
      this.#others.push('default');
      this.#replace(i, i + 1, '$exports.default =');
    } else {
      this.#declare('default', declared, this.#text(i + 2));
      this.#replace(i, i + 1, '');
    }
    return i + 1;
  }

  /** A function is there before anything has run. */
  #declare(name: string, local: string, keyword: string): void {
    if (keyword === 'function' || keyword === 'async') this.#hoisted.set(name, local);
    else this.#exports.set(name, local);
  }

  /** The name of a function, class or constant that is declared there. */
  #declared(at: number): string | undefined {
    const text = this.#text(at);
    const next = this.tokens[at + 1]?.text;
    const isName = (i: number) =>
      this.tokens[i]?.kind === 'word' && this.#text(i) !== 'extends' ? this.#text(i) : undefined;
    if (text === 'async' && next === 'function') return this.#declared(at + 1);
    if (text === 'function') return isName(next === '*' ? at + 2 : at + 1);
    if (text === 'class' || text === 'const') return isName(at + 1);
    return undefined;
  }

  /** `{ a, b as c }` from its brace on, into `names`; answers with what stands behind it. */
  #names(at: number, names: Names): number {
    for (let i = at + 1; ; ) {
      const text = this.#text(i);
      if (text === '}') return i + 1;
      if (this.tokens[i]?.kind !== 'word') throw new SyntaxError('a list of names that holds something else');
      const isRenamed = this.#text(i + 1) === 'as';
      names.push([text, isRenamed ? this.#text(i + 2) : text]);
      i += isRenamed ? 3 : 1;
      if (this.#text(i) === ',') i += 1;
    }
  }

  /** The last token of an import or export that names a file: behind `with { … }` and the semicolon. */
  #attributes(at: number): number {
    let end = at;
    if (this.tokens[end + 1]?.text === 'with' && this.#text(end + 2) === '{') {
      while (this.#text(end) !== '}') end += 1;
    }
    return this.tokens[end + 1]?.text === ';' ? end + 1 : end;
  }

  #number(specifier: string): number {
    const known = this.#imports.indexOf(specifier);
    return known === -1 ? this.#imports.push(specifier) - 1 : known;
  }

  #string(at: number): string {
    const { kind, text } = this.tokens[at] ?? {};
    if (kind !== 'string' || text === undefined || text.includes('\\'))
      throw new SyntaxError('an import without a name');
    return text.slice(1, -1);
  }

  #text(at: number): string {
    const token = this.tokens[at];
    if (token === undefined) throw new SyntaxError('an import or export that does not end');
    return token.text;
  }

  #replace(from: number, to: number, text: string): void {
    this.#edits.push({ start: this.tokens[from]?.start ?? 0, end: this.tokens[to]?.end ?? 0, text });
  }
}

type Names = (readonly [name: string, as: string])[];
