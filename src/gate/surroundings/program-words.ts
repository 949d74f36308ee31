import { isShell, type ShellCommand, type ShellWord, shellCommands } from './shell.ts';

/** A command without what stands before its program. */
export interface ProgramWords {
  /** Variables that are set for it, by whatever runs it too. */
  readonly assignments: ShellCommand;
  /** The program, and what it is given; none where the command only sets variables. */
  readonly words: ShellCommand;
}

/** What a command runs in the end: behind keywords, assignments, and programs that run what follows their own options. */
export function programWords(command: ShellCommand): ProgramWords {
  const assignments: ShellWord[] = [];
  let words = command;
  for (let depth = 0; depth <= deepest; depth++) {
    words = withoutKeywords(words);
    const own = words.slice(0, words.findIndex(({ text }) => !assignment.test(text)) >>> 0);
    assignments.push(...own);
    words = words.slice(own.length);
    const [first, ...rest] = words;
    const skip = first === undefined ? undefined : prefixes.get(programName(first.text));
    if (skip === undefined) return { assignments, words };
    words = skip(rest);
  }
  return { assignments, words: [] };
}

/** More programs in front of each other than anybody writes. */
const deepest = 8;

/** The program that a word starts, without its folder. */
export function programName(word: string): string {
  return word.replace(/^.*[/\\]/, '').replace(/\.exe$/i, '');
}

/** The commands of a text, and of what it hands to a shell (`sh -c`). */
export function commandsIn(text: string, start: number, depth = 0): readonly ShellCommand[] {
  return shellCommands(text, start).flatMap((command) => {
    const flag = command.findIndex(({ text: word }) => /^-[a-z]*c$/.test(word));
    const script = command.some(({ text: word }) => isShell(word)) ? command[flag + 1] : undefined;
    if (flag === -1 || script === undefined || depth > 8) return [command];
    return [command.slice(0, flag), ...commandsIn(script.text, script.start + 1, depth + 1)];
  });
}

const assignment = /^[A-Za-z_]\w*\+?=/;

/** Words that begin a command and are none. A `for`, `case`, `select` or `function` has a name after it. */
const keywords = new Set('if then elif else while until do ! { time coproc @'.split(' '));

function withoutKeywords(command: ShellCommand): ShellCommand {
  let at = 0;
  while (keywords.has(command[at]?.text ?? '')) at++;
  return command.slice(at);
}

/** Words after a program's own options; `valued` are those options that take a value of their own. */
function afterOptions(words: ShellCommand, valued: string, positional = 0): ShellCommand {
  const withValue = new Set(valued.split(' '));
  let at = 0;
  for (let left = positional; at < words.length; at++) {
    const text = words[at]?.text ?? '';
    if (text === '--') return words.slice(at + 1);
    if (withValue.has(text)) at++;
    else if (!text.startsWith('-') && left-- <= 0) break;
  }
  return words.slice(at);
}

/** Programs that run the command behind their own options. */
const prefixes: ReadonlyMap<string, (words: ShellCommand) => ShellCommand> = new Map([
  ...[
    'exec',
    'command',
    'builtin',
    'nohup',
    'setsid',
    'time',
    'caffeinate',
    'dumb-init',
    'tini',
    'shell',
  ].map((name) => [name, (words: ShellCommand) => afterOptions(words, '-a -f -o')] as const),
  ['sudo', (words) => afterOptions(words, '-u -g -h -p -C -r -t -T -U -D -R --user --group --chdir')],
  ['doas', (words) => afterOptions(words, '-u -C')],
  ['gosu', (words) => afterOptions(words, '', 1)],
  ['env', (words) => afterOptions(words, '-u --unset -C --chdir -S')],
  ['nice', (words) => afterOptions(words, '-n --adjustment')],
  ['ionice', (words) => afterOptions(words, '-c -n -p')],
  ['stdbuf', (words) => afterOptions(words, '-i -o -e')],
  ['timeout', (words) => afterOptions(words, '-s --signal -k --kill-after', 1)],
  ['taskset', (words) => afterOptions(words, '', 1)],
  ['xargs', (words) => afterOptions(words, '-n -I -P -L -d -a -E -s')],
  ['xvfb-run', (words) => afterOptions(words, '-s -n -e -f -p --server-args --server-num --error-file')],
]);
