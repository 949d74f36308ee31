import type { CapabilityKind } from '../../capability/capability.ts';
import { loosened } from '../loosened.ts';

/** A pattern in code that is read line by line; its first group, where it has one, is the name. */
export interface CodePattern {
  readonly pattern: RegExp;
  /** Found in a whole text wherever `pattern` is found in a line of it, and perhaps elsewhere. */
  readonly loose: RegExp;
  /** `command`: the group is a command line; `variable`: it is one that is read; `worked-out`: nobody can read what is done. */
  readonly kind: CapabilityKind | 'command' | 'variable' | 'worked-out';
  /** The name where no group gives one. */
  readonly name?: string;
}

/** A row of a table. */
export const is = (pattern: RegExp, kind: CodePattern['kind'], name?: string): CodePattern => ({
  pattern,
  loose: loosened(pattern),
  kind,
  ...(name === undefined ? {} : { name }),
});

/** The source of a pattern for a first argument that is a text. */
export const text = String.raw`\s*[fbru]*["'\x60]([^"'\x60\n]{0,400})["'\x60]`;
