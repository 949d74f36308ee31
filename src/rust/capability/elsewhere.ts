import { type FedProgram, fedProgram } from '../inputs/fed-programs.ts';
import { type Handed, handedTo } from '../inputs/handed.ts';
import { type Interpreter, interpreterOf, type Language } from '../inputs/language.ts';
import { saidByScript } from '../inputs/read-file.ts';
import type { FileSaid } from '../inputs/said.ts';
import type { Tokens } from '../tokens.ts';
import { textsIn } from './call.ts';
import type { CapabilityKind } from './capability.ts';
import { baseName, programKinds } from './programs.ts';

/** What is written to a program, as far as it stands there. */
export interface Input {
  readonly texts: readonly string[];
  /** Whether more may be written than those. */
  readonly unknown: boolean;
}

/**
 * What a file gives to programs elsewhere than where it runs them: its texts, and what it writes to any. A file may run
 * thousands that are all given that, so that each thing is worked out once, whoever asks.
 */
export class Elsewhere {
  readonly #tokens: Tokens;
  #texts: readonly string[] | undefined;
  #input: Input | undefined;
  readonly #kinds = new Map<string, readonly CapabilityKind[]>();
  readonly #handed = new Map<Interpreter, Handed | undefined>();
  readonly #said = new Map<string, FileSaid>();
  readonly #fed = new Map<string, FedProgram | undefined>();
  readonly #places = {
    arguments: new Map<Interpreter | FedProgram, number>(),
    input: new Map<Interpreter | FedProgram, number>(),
  };

  constructor(tokens: Tokens) {
    this.#tokens = tokens;
  }

  /** All texts of the file. */
  get texts(): readonly string[] {
    this.#texts ??= textsIn(this.#tokens, { from: 0, to: this.#tokens.count });
    return this.#texts;
  }

  /** What is written to any program; `read` looks for it. */
  input(read: () => Input): Input {
    this.#input ??= read();
    return this.#input;
  }

  /** Whether that is what is written to any program. */
  isInput(input: Input): boolean {
    return input === this.#input;
  }

  /** What running a program says that may be given any of the texts. */
  kinds(program: string): readonly CapabilityKind[] {
    const name = program.startsWith('$') ? program : baseName(program);
    const known = this.#kinds.get(name) ?? programKinds(name, this.texts);
    this.#kinds.set(name, known);
    return known;
  }

  /** What an interpreter may be given to run of the texts; `undefined` of what is none. `name` has no folder. */
  handed(name: string): Handed | undefined {
    const interpreter = interpreterOf(name);
    if (interpreter === undefined) return undefined;
    const known = this.#handed.get(interpreter) ?? handedTo(name, this.texts, false);
    this.#handed.set(interpreter, known);
    return known;
  }

  /** What a program runs of its input that may be given any of the texts. `name` has no folder. */
  fed(name: string): FedProgram | undefined {
    const known = this.#fed.has(name) ? this.#fed.get(name) : fedProgram(name, this.texts);
    this.#fed.set(name, known);
    return known;
  }

  /** What one of the texts says, or one that is written. */
  said(text: string, language: Language): FileSaid {
    const key = `${language} ${text}`;
    const known = this.#said.get(key) ?? saidByScript(text, language);
    this.#said.set(key, known);
    return known;
  }

  /** Whether what an interpreter may be given is told of one more place that runs it: it is the same of each. */
  isTold(interpreter: Interpreter | FedProgram, how: 'arguments' | 'input'): boolean {
    const places = this.#places[how].get(interpreter) ?? 0;
    this.#places[how].set(interpreter, places + 1);
    return places < maxPlaces;
  }
}

/** Places of which the same is told. */
const maxPlaces = 64;
