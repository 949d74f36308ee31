import type { Module, ModuleTree, Unfollowed } from '../module.ts';
import { moduleTree } from '../module-tree.ts';
import type { TokenRange } from '../tokens.ts';
import type { Capability } from './capability.ts';
import { broughtFrom, codeTexts, hasCodeText, mayMakeCode } from './embedded.ts';
import type { Reading } from './reading.ts';

/** Looks for capabilities in code that a text holds; `read` are the texts that were read by now. */
export type ReadCode = (
  tree: ModuleTree,
  reading: Reading,
  read: Set<string>,
) => { readonly capabilities: readonly Capability[]; readonly opaque: readonly Unfollowed[] };

/** Texts that are read as Rust: what they do is done by whoever they are given to. */
export class CodeTexts {
  readonly #reading: Reading;
  readonly #readCode: ReadCode;
  readonly #read: Set<string>;
  /** Whether a text of the crate looks like code, once that was asked. */
  #hasCode: boolean | undefined;
  /** Whether its texts may be code, by themselves or together, once that was asked. */
  #maySay: boolean | undefined;

  constructor(reading: Reading, readCode: ReadCode, read: Set<string>) {
    this.#reading = reading;
    this.#readCode = readCode;
    this.#read = read;
  }

  /** Whether a text may be read as Rust here, which others parse numbers from: one that looks like code has to stand there. */
  get areMade(): boolean {
    const { role, uses, tree } = this.#reading;
    if (role === 'build-script') return false;
    if (role === 'proc-macro') return true;
    if (!['proc_macro2', 'quote', 'syn'].some((crate) => uses.has(crate))) return false;
    this.#hasCode ??= [...new Set(tree.modules.map(({ tokens }) => tokens))].some(hasCodeText);
    return this.#hasCode;
  }

  /** Adds what the text at a place does, which is read as Rust. */
  add(module: Module, at: number, range: TokenRange): void {
    if (!this.areMade) return;
    const reading = this.#reading;
    const place = { module, at, emitted: true };
    this.#maySay ??= mayMakeCode(reading.tree);
    const { texts, hidden } = codeTexts(reading.origins, module, range, reading.tree.files, this.#maySay);
    if (hidden && reading.role === 'proc-macro') reading.add(place, 'built-name', 'likely');
    for (const text of texts) {
      if (this.#read.has(text)) continue;
      if (this.#read.size >= maxParsed) {
        reading.isUnread(place, 'too complex: more texts of code than are read');
        return;
      }
      this.#read.add(text);
      const tree = treeOf(text);
      // `"include!(\"/home/…\");".parse()`: it is compiled in where the macro is called.
      for (const { outside } of tree.unfollowed)
        if (outside !== undefined) reading.addAll(place, broughtFrom(outside, 'likely'));
      const { capabilities, opaque } = this.#readCode({ ...tree, unfollowed: [] }, reading, this.#read);
      for (const { reason, unread } of opaque) if (unread === true) reading.isUnread(place, reason);
      for (const { kind, confidence, name } of capabilities)
        if (confidence !== 'possible') reading.add(place, kind, confidence, name);
    }
  }
}

/** How many such texts are read of a crate; the rest is said to be unread. */
const maxParsed = 64;
const madeFile = 'made.rs';

function treeOf(text: string): ModuleTree {
  const source = `fn made() { ${text} }`;
  return moduleTree(
    madeFile,
    (path) => (path === madeFile ? source : undefined),
    () => undefined,
  );
}
