import { saidByCmake } from './cmake.ts';
import { codePatterns } from './code-patterns.ts';
import { saidByCommands, saidByText } from './command-meaning.ts';
import type { Language } from './language.ts';
import { linesOf } from './lines.ts';
import { saidByM4 } from './m4.ts';
import { saidByMakefile } from './makefile.ts';
import { nativePatterns } from './patterns/native.ts';
import { saidByCode, saidByPatterns } from './read-code.ts';
import { type FileSaid, nothingSaid, together, unreadFrom } from './said.ts';
import { behindMost, maxCommands, maxScript, shellScript } from './shell-commands.ts';

/** What a script says, in whatever language; of one that is too long, that nobody read it. */
export function saidByScript(text: string, language: Language): FileSaid {
  if (text.length > maxScript) return unreadFrom(1, `${text.length} characters`);
  switch (language) {
    case 'shell':
      return saidByCommands(shellScript(text));
    case 'make':
      return saidByMakefile(text);
    case 'cmake':
      return saidByCmake(text);
    case 'm4':
      return saidByAutoconf(text);
    case 'ninja':
      return saidByLines(text, (own) => /^\s*command\s*=\s*(.*)$/.exec(own)?.[1] ?? '');
    case 'batch':
      return saidByLines(text, (own) => (/^\s*(?:rem\b|::)/i.test(own) ? '' : batchLine(own)));
    default:
      return saidByCode(text, language, saidByText);
  }
}

/** What a shell would do of each line, as `commandOf` writes it for one. */
function saidByLines(text: string, commandOf: (line: string) => string): FileSaid {
  const lines = linesOf(text).flatMap(({ line, text: own }) => {
    const command = commandOf(own);
    return command.trim() === '' ? [] : [{ line, command }];
  });
  const unread = lines[maxCommands];
  const said = lines.slice(0, maxCommands).map(({ line, command }) => saidByText(command, line));
  if (unread !== undefined) said.push(unreadFrom(unread.line, behindMost));
  return together(said);
}

/** Beside the shell in it, what macros of its own are given is looked through as any other script. */
function saidByAutoconf(text: string): FileSaid {
  const own = saidByM4(text);
  const seen = new Set(own.said.map(({ kind, line }) => `${kind} ${line}`));
  const { said, workedOut, words } = saidByPatterns(
    text.replaceAll(messages, (found) => found.replaceAll(/[^\n]/g, ' ')),
    { patterns: codePatterns['other-script'] ?? [], comment: /^\s*(?:#|dnl\b)/, command: saidByText },
  );
  const more = said.filter(({ kind, line }) => !seen.has(`${kind} ${line}`));
  return together([own, { said: more, workedOut, words }]);
}

/** What macros only say. */
const messages = /\bA[CS]_(?:MSG_\w+|HELP_STRING|ECHO\w*)\(\[[^\]]*\]/g;

/** What C that is compiled and run does. */
export function saidByNative(text: string): FileSaid {
  return text.length > maxScript
    ? nothingSaid
    : saidByPatterns(withoutComments(text), {
        patterns: nativePatterns,
        comment: /^\s*$/,
        command: saidByText,
      });
}

/**
 * C and C++ without their comments, line for line; texts, raw ones too, stay what they are. One without an end goes to
 * the end: each would be looked for anew.
 */
function withoutComments(text: string): string {
  return text.replace(
    /R"([^()\\\s]{0,16})\([\s\S]*?(?:\)\1"|$)|\/\*[\s\S]*?(?:\*\/|$)|\/\/[^\n]*|"(?:\\[\s\S]|[^"\\\n])*"?|'(?:\\[^\n][^'\n]{0,8}|[^'\\\n])'/g,
    (found) => (found.startsWith('/') ? found.replaceAll(/[^\n]/g, ' ') : found),
  );
}

/** What a shell would read of a line of cmd.exe. */
function batchLine(line: string): string {
  return line
    .replaceAll('\\', '/')
    .replaceAll(/%~?(\w+)%?/g, (_, name: string) => `\${${name}}`)
    .replace(/^\s*@/, '')
    .replaceAll("'", '')
    .replace(/^\s*(?:if|for)\b.*?\b(?=(?:curl|certutil|bitsadmin|powershell|pwsh|wget|start|call)\b)/i, '')
    .replace(/^\s*(?:start|call|cmd\s+\/c)\s+(?:""\s+|\/\w+\s+)*/i, '');
}
