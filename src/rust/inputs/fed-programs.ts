import { saidByText } from './command-meaning.ts';
import { saidByScript } from './read-file.ts';
import { type FileSaid, nothingSaid, together } from './said.ts';

/** What a program that is no interpreter of its arguments runs of its input. */
export interface FedProgram {
  /** Its names, without a folder and in lower case. */
  readonly program: RegExp;
  /** The option behind which a file of code stands, which `-` or `/dev/stdin` says to be the input; without one it always is. */
  readonly file?: RegExp;
  readonly said: (text: string) => FileSaid;
}

/** By the manuals of GNU make, awk, sed, m4, bc, dc and ed, cmake(1) and ninja's. The first one whose name fits counts. */
const programs: readonly FedProgram[] = [
  {
    program: /^(?:[gn]?make|mingw32-make|bmake)$/,
    file: /^(?:-\w*f|--(?:make)?file)$/,
    said: (text) => saidByScript(text, 'make'),
  },
  { program: /^cmake$/, file: /^-P$/, said: (text) => saidByScript(text, 'cmake') },
  { program: /^(?:ninja|samu)$/, file: /^-f$/, said: (text) => saidByScript(text, 'ninja') },
  {
    program: /^(?:[gmn]|original-|bwk)?awk$/,
    file: /^(?:-[fE]|--(?:file|exec))$/,
    said: (text) => saidByScript(text, 'awk'),
  },
  // "The s Command" (`e` runs what is there then), "Commands Specific to GNU sed" (`e COMMAND`).
  {
    program: /^g?sed$/,
    file: /^(?:-\w*f|--file)$/,
    said: (text) =>
      saidByLines(
        text,
        /^(?:(?:[\d$~+,]+|\/(?:\\.|[^/\\])*\/I?,?){0,4}\s*!?\s*\{?\s*)e(?:\s+(.*))?$|^[^#]{0,200}?s([^\w\s])[^\n]*\2[gpImM\d]*e[gpImM\d]*\s*[;}]?$/,
      ),
  },
  {
    program: /^g?m4$/,
    said: (text) =>
      together([
        saidByScript(text, 'm4'),
        saidByLines(text, /\b(?:m4_)?e?syscmd\(\s*(?:[`[]+([^'\]\n]*)|[^\s`[])/),
      ]),
  },
  { program: /^[bd]c$/, said: (text) => saidByLines(text, /^\s*!(.*)$/) },
  { program: /^(?:r?ed|ex)$/, said: (text) => saidByLines(text, /^[\s:\d,;$.%]*(?:w?q|[refw])?\s*!(.*)$/) },
];

/** What a program runs of its input that is given these arguments, `undefined` where its input is no code, or that is another's to say. */
export function fedProgram(program: string, given: readonly string[]): FedProgram | undefined {
  const found = programs.find((one) => one.program.test(program));
  if (found?.file === undefined) return found;
  const { file } = found;
  const isFed = given.some((text, at) => {
    const [, option = '', value = given[at + 1] ?? ''] = /^(--?[\w-]*?)=?(-|\/dev\/\S+)?$/.exec(text) ?? [];
    return file.test(option) && /^(?:-|\/dev\/(?:stdin|fd\/0)|\/proc\/self\/fd\/0)$/.test(value);
  });
  return isFed ? found : undefined;
}

/** The commands in lines that fit; one that does not stand there is worked out. */
function saidByLines(text: string, pattern: RegExp): FileSaid {
  return together(
    text.split('\n').flatMap((own, at): readonly FileSaid[] => {
      const found = pattern.exec(own);
      if (found === null) return [];
      const command = found[1] ?? '';
      return [
        command.trim() === ''
          ? { ...nothingSaid, workedOut: [{ line: at + 1, text: own }] }
          : saidByText(command, at + 1),
      ];
    }),
  );
}
