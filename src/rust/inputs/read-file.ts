import { saidByCmake } from './cmake.ts';
import { type CodePattern, codePatterns, nativePatterns } from './code-patterns.ts';
import { saidByCommands, saidByText } from './command-meaning.ts';
import type { Language } from './language.ts';
import { type FileSaid, nothingSaid, type Said, together } from './said.ts';
import { maxScript, shellScript } from './shell-commands.ts';

/** What a script says, in whatever language; of one that is too long, that nobody read it. */
export function saidByScript(text: string, language: Language): FileSaid {
  if (text.length > maxScript)
    return { ...nothingSaid, workedOut: [{ line: 1, text: `${text.length} characters` }] };
  switch (language) {
    case 'shell':
      return saidByCommands(shellScript(text));
    case 'make':
      return saidByMakefile(text);
    case 'cmake':
      return saidByCmake(text);
    case 'ninja':
      return together(
        linesOf(text).map(({ line, text: own }) =>
          saidByText(/^\s*command\s*=\s*(.*)$/.exec(own)?.[1] ?? '', line),
        ),
      );
    case 'batch':
      return together(
        linesOf(text).map(({ line, text: own }) =>
          saidByText(/^\s*(?:rem\b|::)/i.test(own) ? '' : batchLine(own), line),
        ),
      );
    default:
      return saidByPatterns(text, codePatterns[language] ?? [], comments[language] ?? /^\s*#/);
  }
}

/** What C that is compiled and run does. */
export function saidByNative(text: string): FileSaid {
  return text.length > maxScript ? nothingSaid : saidByPatterns(text, nativePatterns, /^\s*(?:\/\/|\*|\/\*)/);
}

const comments: Readonly<Partial<Record<Language, RegExp>>> = {
  node: /^\s*(?:\/\/|\*|\/\*)/,
  'other-script': /^\s*(?:#|dnl\b|--|;)/,
};

function saidByPatterns(text: string, patterns: readonly CodePattern[], comment: RegExp): FileSaid {
  const all: FileSaid[] = [];
  const said: Said[] = [];
  const workedOut: { line: number; text: string }[] = [];
  const words: string[] = [];
  for (const { line, text: own } of linesOf(text)) {
    if (comment.test(own)) continue;
    for (const [, quoted = ''] of own.matchAll(/["'`]([^"'`\s]{2,200})["'`]/g)) words.push(quoted);
    for (const { pattern, kind, name: fallback } of patterns) {
      const found = pattern.exec(own);
      if (found === null) continue;
      const name = found[1] ?? fallback;
      if (kind === 'command') all.push(saidByText(name ?? '', line));
      else if (kind === 'worked-out') workedOut.push({ line, text: own.trim() });
      else said.push({ kind, ...(name === undefined ? {} : { name }), confidence: 'certain', line });
    }
  }
  return together([{ said, workedOut, words }, ...all]);
}

/** Recipes, and what `$(shell …)` runs (GNU make manual, "Recipe Syntax"). */
function saidByMakefile(text: string): FileSaid {
  const all: FileSaid[] = [];
  for (const { line, text: own } of linesOf(text.replaceAll(/\\\r?\n/g, (fold) => `  ${fold.slice(2)}`))) {
    if (/^\s*#/.test(own)) continue;
    const commands = [...own.matchAll(/\$\(shell\s+((?:[^()]|\([^()]*\)|\$\([^()]*\))*)\)/g)].map(
      ([, command = '']) => command,
    );
    const assigned = /^[\w.-]+\s*!=\s*(.*)$/.exec(own)?.[1];
    const recipe = own.startsWith('\t')
      ? own.slice(1).replace(/^[@+-]+/, '')
      : /^[^\t=:]+::?[^=;]*;(.*)$/.exec(own)?.[1];
    for (const command of [...commands, assigned, recipe])
      if (command !== undefined) all.push(saidByText(unfolded(command), line));
  }
  return together(all);
}

/** Make's own variables are unknown to a shell, as its own are; `$$` is the shell's `$`. */
function unfolded(command: string): string {
  return command
    .replaceAll(/\$\((?:shell|call|foreach|if|wildcard|filter|subst|patsubst)\b[^)]*\)/g, '$${made}')
    .replaceAll(/\$\((\w+)\)/g, (_, name: string) => `\${${name}}`)
    .replaceAll('$$', '$');
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

function linesOf(text: string): readonly { readonly line: number; readonly text: string }[] {
  return text
    .split('\n')
    .map((own, i) => ({ line: i + 1, text: own.length > maxLine ? own.slice(0, maxLine) : own }));
}

/** Longer lines are data. */
const maxLine = 20_000;
