/**
 * What a command of a shell script hands to an interpreter: as an argument, by its input, and in a file that the script
 * wrote before.
 */
import { baseName, isKnownProgram } from '../capability/programs.ts';
import { isToolchain } from '../toolchain.ts';
import { handedTo } from './handed.ts';
import { type Interpreter, interpreterOf } from './language.ts';
import { type MadeFiles, passedOn } from './made-files.ts';
import { saidByCode } from './read-code.ts';
import { type FileSaid, nothingSaid, type Said, together } from './said.ts';
import type { ShellCommand, ShellDocument } from './shell-commands.ts';
import type { ShellWord } from './shell-text.ts';

/** Reads a text as a shell does, from a line on (1-based). */
export type ReadShell = (text: string, line: number) => FileSaid;

/** A command, without what only runs it; `made`: what the script has written into files by then. */
export interface Handing {
  readonly command: ShellCommand;
  readonly own: readonly ShellWord[];
  readonly made: MadeFiles;
}

/** What an interpreter runs of what a command hands to it. */
export function saidByInterpreter(handing: Handing, read: ReadShell): FileSaid {
  const { command, own, made } = handing;
  const [first, ...rest] = own;
  if (first === undefined) return nothingSaid;
  const texts = rest.map(({ text }) => text);
  const name = first.dynamic ? first.text : baseName(first.text);
  const documents = [...command.documents, ...(command.piped ? passedOn(command.before) : [])];
  if (name === 'source' || name === '.') {
    const isInput = /^\/dev\/(?:stdin|fd\/0)$/.test(texts[0] ?? '');
    const all = isInput ? documents : made.of(texts[0], name);
    return together(all.map(({ text, line }) => certainly(read(text, line))));
  }
  const handed = handedTo(name, texts);
  if (make.test(name)) {
    const evaluated = texts.flatMap((text, at) =>
      /^--eval$/.test(text) ? [texts[at + 1] ?? ''] : (/^--eval=(.*)$/s.exec(text)?.[1] ?? []),
    );
    const isFed = texts.some((text, at) =>
      text === '-'
        ? texts[at - 1] === '-f' || texts[at - 1] === '--file'
        : /^(?:-f|--(?:make)?file=)-$/.test(text),
    );
    const input = `${baseName(command.before?.words[0]?.text ?? '?')} | ${name}`;
    const piped: Said = { kind: 'data-as-code', name: input, confidence: 'certain', line: command.line };
    return together([
      ...(isFed && command.piped ? [{ ...nothingSaid, said: [piped] }] : []),
      ...evaluated.map((text) => certainly(read(shellOf(text), command.line))),
      ...(isFed ? documents : []).map(({ text, line }) => certainly(read(shellOf(text), line))),
    ]);
  }
  if (handed === undefined) {
    // A program that nobody knows may be a shell.
    const input = first.dynamic && !isToolchain(first.text) ? command.documents : [];
    return together([
      ...made.of(first.text, 'itself').map((document) => certainly(ofFile(document, first.text, read))),
      ...input.map(({ text, line }) => read(text, line)),
    ]);
  }
  const { interpreter, codes, file, readsInput } = handed;
  const all: FileSaid[] = [];
  const say = (kind: Said['kind'], what: string) =>
    // What a variable says is told as worked out.
    first.dynamic ||
    all.push({ ...nothingSaid, said: [{ kind, name: what, confidence: 'certain', line: command.line }] });
  for (const { option, code, from, to } of codes) {
    if (code === undefined) continue;
    const isDynamic = rest.slice(from, to).some(({ dynamic }) => dynamic);
    const isModule = interpreter.module?.[0].test(option) === true;
    // `awk "$program"`: all of it comes from elsewhere, but for what autoconf and libtool write themselves.
    if (option === '' && isDynamic && /^\$\{?(?!(?:ac|am|as|lt)_)\w+\}?$/.test(code))
      say('shell', `${name} ${code}`);
    const isTold = isDynamic || interpreter.unread === true || everyday.test(name);
    if (option !== '' && !isModule && isTold) say('shell', `${name} ${option}`);
    const said = ofCode(interpreter, { text: code, line: command.line }, read, true);
    all.push(isDynamic ? certainly(said) : said);
  }
  if (readsInput) {
    all.push({ ...nothingSaid, words: command.reads.map(({ text }) => text) });
    for (const document of documents) {
      all.push(ofCode(interpreter, document, read));
      if (interpreter.language !== 'shell' && expansion.test(document.text)) say('shell', `${name} -`);
    }
    if (command.piped) say('data-as-code', `${baseName(command.before?.words[0]?.text ?? '?')} | ${name}`);
  }
  for (const document of made.of(file, name)) {
    const said = certainly(ofCode(interpreter, document, read));
    // What `config.status` names was named before.
    all.push(file?.includes('$') === true ? { ...said, words: [] } : said);
  }
  return together(all);
}

const make = /^(?:[gn]?make|mingw32-make|bmake)$/;

/** The recipes of a makefile, as a shell reads them. */
function shellOf(text: string): string {
  return text
    .replaceAll(/^(?:\t[ @+-]*|[^\t=:\n]+::?[^=;\n]*(?:;|$))/gm, '')
    .replaceAll('$(shell ', '$(')
    .replaceAll('$$', () => '$');
}

/** Interpreters that stand in many scripts: that they are given code is told, whatever that is. */
const everyday = /^(?:python[\d.]*|perl|ruby|node|osascript)$/;

/** A line that is nothing but what a shell puts there. */
const expansion = /^[ \t]*(?:\$\{?\w+\}?|\$\(.*\)|`.*`)[ \t]*;?[ \t]*$/m;

function ofFile(document: ShellDocument, path: string, read: ReadShell): FileSaid {
  const [, program = 'sh'] = /^#!\s*(?:\S*\/env\s+(?:-S\s+)?)?(\S+)/.exec(document.text) ?? [];
  const interpreter = interpreterOf(baseName(program)) ?? interpreterOf('sh');
  return path === '' || interpreter === undefined ? nothingSaid : ofCode(interpreter, document, read);
}

/** What code says; where all of it stands in one line, everything of it does. */
function ofCode(
  { language, unread }: Interpreter,
  { text, line }: ShellDocument,
  read: ReadShell,
  isInLine = false,
): FileSaid {
  if (unread === true) return nothingSaid;
  if (language === 'shell' || language === 'batch') return read(text, line);
  if (!isInLine) return saidByCode(text, language, read, line);
  const { said, workedOut } = saidByCode(text, language, (inner) => read(inner, line));
  return {
    said: said.map((one) => ({ ...one, line })),
    workedOut: workedOut.map((one) => ({ ...one, line })),
    words: [],
  };
}

/** Without what is worked out, and what is no program's name: of what is put together as it runs much is only looked like that. */
function certainly({ said, words }: FileSaid): FileSaid {
  const sure = said.filter(
    ({ kind, name = '' }) => kind !== 'temp' && (kind !== 'process' || isKnownProgram(name)),
  );
  return { said: sure, words, workedOut: [] };
}
