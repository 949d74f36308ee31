/** What a shell script writes into files that it runs behind that. */
import { baseName } from '../capability/programs.ts';
import type { ShellCommand, ShellDocument } from './shell-commands.ts';

interface MadeFile {
  /** What each command wrote into it. */
  readonly parts: (readonly ShellDocument[])[];
  /** How much of it was told to whom, and how often. */
  readonly told: Map<string, { readonly parts: number; readonly times: number }>;
}

/** A file that is written to and run anew more often than that is told of by what is new alone. */
const maxTimes = 16;
/** Commands in a row that only pass on what they are given: `cat | tee | cat`. */
const maxPassed = 16;

/** What a script has written into files by then. */
export class MadeFiles {
  readonly #files = new Map<string, MadeFile>();

  /** Takes what a command writes: `cat > run.py <<EOF`, `echo … > run.sh`. */
  add(command: ShellCommand): void {
    const [first, ...rest] = command.words;
    const isTee = baseName(first?.text ?? '') === 'tee';
    const targets = isTee
      ? [...command.writes, ...rest.filter(({ text }) => !text.startsWith('-'))]
      : command.writes;
    const documents = targets.length === 0 ? [] : passedOn(command);
    if (documents.length === 0) return;
    for (const { text } of targets) {
      const file: MadeFile = this.#files.get(plain(text)) ?? { parts: [], told: new Map() };
      file.parts.push(documents);
      this.#files.set(plain(text), file);
    }
  }

  /**
   * What was written into a file, in one; each part stands in its own line. `by` is who reads it: whoever has been told
   * of it once hears no more until there is more.
   */
  of(path: string | undefined, by: string): readonly ShellDocument[] {
    const file = path === undefined ? undefined : this.#files.get(plain(path));
    if (file === undefined) return [];
    const { parts, times } = file.told.get(by) ?? { parts: 0, times: 0 };
    if (parts === file.parts.length) return [];
    file.told.set(by, { parts: file.parts.length, times: times + 1 });
    return [joined(file.parts.slice(times < maxTimes ? 0 : parts).flat())];
  }
}

/** What a command writes that only passes on what it is given. */
export function passedOn(command: ShellCommand | undefined): readonly ShellDocument[] {
  const found: ShellDocument[] = [];
  let from = command;
  for (let passed = 0; from !== undefined && passed < maxPassed; passed++) {
    const [first, ...rest] = from.words;
    const program = baseName(first?.text ?? '');
    if (program === 'cat' || program === 'tee') {
      found.push(...from.documents);
      from = from.piped ? from.before : undefined;
      continue;
    }
    if (program === 'echo' || program === 'printf') {
      const texts = rest.map(({ text }) => text).filter((text, at) => at > 0 || !/^-[neE]+$/.test(text));
      const text = texts.join(program === 'echo' ? ' ' : '\n').replaceAll('\\n', '\n');
      if (text !== '') found.push({ text, line: from.line });
    }
    break;
  }
  return found;
}

function joined(parts: readonly ShellDocument[]): ShellDocument {
  const from = parts[0]?.line ?? 1;
  let [text, line] = ['', from];
  for (const part of parts) {
    text += '\n'.repeat(Math.max(0, part.line - line)) + part.text;
    line = Math.max(line, part.line) + part.text.split('\n').length - 1;
  }
  return { text, line: from };
}

function plain(path: string): string {
  return path.replace(/^(?:\.\/)+/, '');
}
