import type { ModuleTree } from '../../module.ts';
import { CrateValues } from './values.ts';

/** What one look for a value may cost, and what the crate gives its names, read where it is first asked for. */
export class Reading {
  /** Tokens that may still be looked at for the value that is looked for. */
  steps = 0;
  readonly #tree: ModuleTree;
  #values: CrateValues | undefined;

  constructor(tree: ModuleTree) {
    this.#tree = tree;
  }

  /** A text that stands in its place needs none of them. */
  get values(): CrateValues {
    this.#values ??= new CrateValues(
      this.#tree.modules.map(({ tokens }) => tokens),
      (steps) => {
        this.steps -= steps;
      },
    );
    return this.#values;
  }
}
