import { type Interpreter, interpreterOf } from './language.ts';

/** Code among the arguments of an interpreter. */
export interface HandedCode {
  /** As it is called: `-c`; empty where code stands first. */
  readonly option: string;
  /** `undefined` where it does not stand there. */
  readonly code: string | undefined;
  /** Which arguments it is made of: the first one, and behind the last. */
  readonly from: number;
  readonly to: number;
}

/** What an interpreter runs of its arguments. */
export interface Handed {
  readonly interpreter: Interpreter;
  readonly codes: readonly HandedCode[];
  /** The file that it runs, where these are all its arguments. */
  readonly file: string | undefined;
  /** Whether what comes in by its input is code. */
  readonly readsInput: boolean;
}

/**
 * What a program is given to run by its arguments, `undefined` where it is no interpreter. `isWhole`: whether these are all its
 * arguments in their order; else they are texts among which those may be, so that no file among them ends the options.
 */
export function handedTo(program: string, given: readonly string[], isWhole = true): Handed | undefined {
  const interpreter = interpreterOf(program);
  if (interpreter === undefined) return undefined;
  const codes: HandedCode[] = [];
  let codeFirst = interpreter.codeFirst === true && isWhole;
  let [readsInput, isAsked] = [false, false];
  let file: string | undefined;
  for (let at = 0; at < given.length; at++) {
    const text = given[at] ?? '';
    const found = interpreter.code?.exec(text);
    if (found != null) {
      const code = codeBehind(interpreter, given, at, found);
      if (code.code === '-') readsInput = true;
      else codes.push(code);
      codeFirst = false;
      at = code.to - 1;
      if (interpreter.joins === true) break;
    } else if (interpreter.module?.[0].test(text) === true) {
      const name = interpreter.module[0].exec(text)?.[1] || (given[++at] ?? '');
      codes.push({ option: text, code: interpreter.module[1](name), from: at, to: at + 1 });
    } else if (interpreter.values?.test(text) === true) at++;
    else if (codeFirst && /^(?:-[fE]|--(?:file|exec))/.test(text)) codeFirst = false;
    else if (text === '-' || /^\/dev\/(?:stdin|fd\/0)$|^\/proc\/self\/fd\/0$/.test(text)) {
      readsInput = true;
      if (isWhole) break;
    } else if (interpreter.language === 'shell' && /^-[a-z]*s$/.test(text)) readsInput = true;
    else if (/^-|^\+[a-zA-Z]+$/.test(text) || (interpreter.language === 'batch' && text.startsWith('/'))) {
      if (/^--?(?:v|version|h|help)$/i.test(text)) isAsked = true;
    } else if (isWhole && !(interpreter.language === 'node' && text === 'run')) {
      if (codeFirst || isCommand(interpreter, text))
        codes.push({
          option: '',
          code: interpreter.joins === true ? given.slice(at).join(' ') : text,
          from: at,
          to: interpreter.joins === true ? given.length : at + 1,
        });
      else file = text;
      break;
    }
  }
  const isBare =
    isWhole &&
    !isAsked &&
    file === undefined &&
    codes.every(({ option }) => interpreter.module?.[0].test(option) === true);
  return { interpreter, codes, file, readsInput: interpreter.input === true && (readsInput || isBare) };
}

/** PowerShell takes what is no file for a command. */
function isCommand({ language }: Interpreter, text: string): boolean {
  return language === 'powershell' && /\s/.test(text);
}

function codeBehind(
  { language, joins }: Interpreter,
  given: readonly string[],
  at: number,
  found: RegExpExecArray,
): HandedCode {
  const own = found.slice(1).join('');
  const option = found[0].slice(0, found[0].length - own.length).replace(/=$/, '');
  if (own !== '' && joins !== true) return { option, code: own, from: at, to: at + 1 };
  if (joins === true) {
    const rest = [...(own === '' ? [] : [own]), ...given.slice(at + 1)];
    const encoded = language === 'powershell' && /^[-/]{1,2}e/i.test(option);
    const code = rest.length === 0 ? undefined : encoded ? utf16(rest[0] ?? '') : rest.join(' ');
    return { option, code, from: at + (own === '' ? 1 : 0), to: given.length };
  }
  // Options may stand between: `sh -c -e 'code'`.
  let next = at + 1;
  while (next < given.length && /^-[\w-]+$/.test(given[next] ?? '')) next++;
  return { option, code: given[next], from: next, to: next + 1 };
}

/** What `-EncodedCommand` stands for; `undefined` where that is no text. */
function utf16(base64: string): string | undefined {
  const text = Buffer.from(base64, 'base64').toString('utf16le');
  return /^[\t\n\r\x20-\x7e]{2,}$/.test(text) ? text : undefined;
}
