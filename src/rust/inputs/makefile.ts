/** What makefiles run: recipes, and what `$(shell …)` and `!=` run (GNU make manual, "Recipe Syntax", "Functions"). */
import { assigned, saidByText } from './command-meaning.ts';
import { linesOf } from './lines.ts';
import { type FileSaid, nothingSaid, type Said, together } from './said.ts';

export function saidByMakefile(text: string): FileSaid {
  const all: FileSaid[] = [];
  let from = 1;
  let whole = '';
  let defines = false;
  for (const { line, text: own } of linesOf(text)) {
    if (whole === '') from = line;
    const part = own.replace(/\r$/, '');
    const goesOn = /(?:^|[^\\])(?:\\\\)*\\$/.test(part);
    whole += goesOn ? `${part.slice(0, -1)} ` : part;
    if (goesOn) continue;
    if (/^\s*(?:override\s+)?define\b/.test(whole)) defines = true;
    else if (/^\s*endef\b/.test(whole)) defines = false;
    // What is defined may be a recipe, whatever its lines begin with.
    all.push(...saidByLine(defines ? `\t${whole.trimStart()}` : whole, from));
    whole = '';
  }
  return together(whole === '' ? all : [...all, ...saidByLine(whole, from)]);
}

function saidByLine(own: string, line: number): readonly FileSaid[] {
  if (/^\s*#/.test(own)) return [];
  const { text, commands } = expanded(own);
  const evaluated = /^\s*\$[({]eval\s+([^:=\n]+::?[^=;\n]*;.*)[)}]\s*$/.exec(own)?.[1];
  const shelled = /^[\w.-]+\s*!=\s*(.*)$/.exec(own)?.[1];
  const recipe = own.startsWith('\t')
    ? isMakes(own)
      ? undefined
      : withoutCmds(text.slice(1).replace(/^[\s@+-]+/, ''))
    : /^[^\t=:]+::?[^=;]*;(.*)$/.exec(text)?.[1];
  return [
    ...settingIn(own, line),
    ...(evaluated === undefined ? [] : saidByLine(evaluated, line)),
    ...[...commands, shelled === undefined ? undefined : expanded(shelled).text, recipe].flatMap((command) =>
      command === undefined ? [] : [saidByText(command, line)],
    ),
  ];
}

/**
 * What a recipe for Windows runs behind its condition, which no shell has (`if exist *.o del /Q *.o`): where a shell
 * reads the line, it fails there. Commands that are cmd.exe's own are no programs.
 */
function withoutCmds(recipe: string): string {
  const rest = recipe.replace(/^(?:if\s+(?:not\s+)?exist\s+\S+\s+(?=[\w.]))+/i, '');
  return rest !== recipe &&
    /^(?:del|erase|rmdir|rd|copy|move|ren|mkdir|md|echo|type)\b[^&|<>;`$]*$/i.test(rest)
    ? ''
    : rest;
}

/** Settings by which make runs recipes with a program of its own, takes other lines for recipes, or loads a library. */
function settingIn(own: string, line: number): readonly FileSaid[] {
  const text = own.trim();
  const shell = /^(?:export\s+|override\s+)?SHELL\s*[:?]*=\s*(\S+)/.exec(text)?.[1];
  const name = shell?.replace(/^.*\//, '').replace(/\.exe$/, '');
  const said: Said[] = [];
  if (
    shell !== undefined &&
    name !== undefined &&
    !/^(?:(?:ba|da|z|k|a)?sh|cmd)$/.test(name) &&
    !/^\$[({]\w*SHELL\w*[)}]$/.test(shell)
  )
    said.push({ kind: 'process', name: shell, confidence: 'certain', line });
  if (/^-?load\s+\S/.test(text) && !own.startsWith('\t'))
    said.push({ kind: 'loads-library', name: text.replace(/^-?load\s+/, ''), confidence: 'certain', line });
  const exported = /^(?:export\s+|override\s+)?([A-Z_]\w*)\s*[:?]*=\s*(\S.*)$/.exec(text);
  if (exported !== null && !own.startsWith('\t'))
    assigned(
      `${exported[1]}=${exported[2]?.replace(/^\$\((\w+)\)$/, '$$$1')}`,
      (kind, name, confidence = 'certain') =>
        said.push({ kind, ...(name === undefined ? {} : { name }), confidence, line }),
    );
  // GNU make manual, "The file Function".
  const target = /\$[({]file\s+>{1,2}\s*([^,)}\s]+(?:\)[^,)}\s]*)?)/.exec(text)?.[1];
  if (target !== undefined && /^(?:~|\$[({](?:HOME|CARGO_HOME)[)}])/.test(target))
    said.push({ kind: 'writes', name: 'home', confidence: 'certain', line });
  const workedOut = /^\.RECIPEPREFIX\s*[:?]*=|^MAKEFLAGS\b.*--eval/.test(text) ? [{ line, text }] : [];
  return said.length + workedOut.length === 0 ? [] : [{ ...nothingSaid, said, workedOut }];
}

/** A line behind a tab that is make's own all the same: a condition, or an assignment, which no shell has with spaces. */
function isMakes(own: string): boolean {
  return (
    /^\s*(?:ifn?eq\s*[("']|ifn?def\s+\S+\s*$|(?:else|endif|endef)\s*(?:#.*)?$|else\s+ifn?|-?include\s|define\s+\S+\s*=?\s*$)/.test(
      own,
    ) || /^\s*(?:export\s+|override\s+)?[\w.-]+\s*(?:[+?]=|::?=|\s=)(?:\s|$)/.test(own)
  );
}

interface Expanded {
  /** What a shell would read: make's variables as its own, what functions make as one that nobody knows. */
  readonly text: string;
  /** What `$(shell …)` runs. */
  readonly commands: readonly string[];
}

function expanded(own: string): Expanded {
  const commands: string[] = [];
  let text = '';
  for (let at = 0; at < own.length; at++) {
    const char = own[at] ?? '';
    const next = own[at + 1] ?? '';
    if (char !== '$') text += char;
    else if (next === '$') {
      text += '$';
      at++;
    } else if (next === '(' || next === '{') {
      const end = closing(own, at + 1);
      const [, name = '', rest = ''] = /^([\w.-]+)([\s\S]*)$/.exec(own.slice(at + 2, end)) ?? [];
      const isFunction = /^\s/.test(rest) && functions.has(name);
      const inner = isFunction ? expanded(rest.trim()) : undefined;
      commands.push(...(inner?.commands ?? []));
      if (name === 'shell' && inner !== undefined) commands.push(inner.text);
      if (!(isFunction && silent.has(name)))
        text += isFunction || name === '' ? made : `\${${name.replaceAll(/\W/g, '_')}}`;
      at = end;
    } else text += char;
  }
  return { text, commands };
}

function closing(own: string, open: number): number {
  const [from, to] = own[open] === '{' ? ['{', '}'] : ['(', ')'];
  let depth = 0;
  for (let at = open; at < own.length; at++) {
    if (own[at] === from) depth++;
    else if (own[at] === to && --depth === 0) return at;
  }
  return own.length;
}

const functions: ReadonlySet<string> = new Set(
  'subst patsubst strip findstring filter filter-out sort word wordlist words firstword lastword dir notdir suffix basename addsuffix addprefix join wildcard realpath abspath error warning info shell origin flavor let foreach if or and intcmp call eval file value guile'.split(
    ' ',
  ),
);
/** What a shell would read where a function of make's makes something. */
const made = ['$', '{made}'].join('');
/** Functions that leave nothing. */
const silent: ReadonlySet<string> = new Set(['error', 'warning', 'info']);
