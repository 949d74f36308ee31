import { jenkinsFragments } from './ci-jenkins.ts';
import { type TomlKind, tomlFragments } from './ci-toml.ts';
import { yamlFragments } from './ci-yaml.ts';
import { rememberedByKind } from './remembered.ts';
import { type Fragment, filler } from './shell.ts';

// Where in a file of CI there is shell text. What is not the shell's own is blanked, not cut out, so that every offset in a
// fragment is one in the file.

/** Which kind of file a path names; `undefined` for none that CI runs. */
export function ciKind(path: string): CiKind | undefined {
  const name = path.slice(path.lastIndexOf('/') + 1);
  if (/^\.github\/workflows\/[^/]+\.ya?ml$/.test(path) || /^action\.ya?ml$/.test(name)) return 'github';
  if (/^\.gitlab-ci\.ya?ml$/.test(name) || /^\.gitlab\/.*\.ya?ml$/.test(path)) return 'gitlab';
  if (/^(?:Dockerfile|Containerfile)(?:\..+)?$/.test(name) || /\.(?:Dockerfile|Containerfile)$/i.test(name)) {
    return 'docker';
  }
  if (/^(?:GNUm|M|m)akefile$/.test(name) || name.endsWith('.mk')) return 'make';
  if (/^\.?justfile$/i.test(name) || name.endsWith('.just')) return 'just';
  if (name.endsWith('.sh') && /(?:^|\/)(?:\.?ci|\.github|\.gitlab|\.buildkite|\.circleci)\//.test(path))
    return 'shell';
  if (pipelines.test(path)) return 'pipeline';
  if (/(?:^|[.-])Jenkinsfile(?:[.-].+)?$/i.test(name)) return 'jenkins';
  return tomlKind(name);
}

/** Other services' pipelines, by their documentation. */
const pipelines =
  /(?:^|\/)(?:\.circleci\/[^/]+|(?:\.?azure-pipelines|\.azuredevops|\.azure)(?:\/.+)?(?:[.-][^/]+)?|bitbucket-pipelines|\.travis|\.cirrus|\.woodpecker(?:\/.+)?|\.drone|\.buildkite\/[^/]+)\.ya?ml$/;

function tomlKind(name: string): TomlKind | undefined {
  if (name === 'Cross.toml') return 'cross';
  if (name === 'Cargo.toml') return 'manifest';
  if (name === 'pyproject.toml') return 'pyproject';
  return /^(?:.+[.-])?Makefile(?:[.-].+)?\.toml$/i.test(name) ? 'cargo-make' : undefined;
}

export type CiKind =
  | 'github'
  | 'gitlab'
  | 'docker'
  | 'make'
  | 'just'
  | 'shell'
  | 'pipeline'
  | 'jenkins'
  | TomlKind;

export function isYamlKind(kind: CiKind): kind is 'github' | 'gitlab' | 'pipeline' {
  return kind === 'github' || kind === 'gitlab' || kind === 'pipeline';
}

export function isTomlKind(kind: CiKind): kind is TomlKind {
  return kind === 'cross' || kind === 'manifest' || kind === 'cargo-make' || kind === 'pyproject';
}

/** The shell text of a file. */
export const fragmentsOf = rememberedByKind((kind: CiKind, text: string): readonly Fragment[] => {
  switch (kind) {
    case 'github':
    case 'gitlab':
    case 'pipeline':
      return yamlFragments(text, kind);
    case 'docker':
      return dockerFragments(text);
    case 'make':
      return makeFragments(text);
    case 'just':
      return justFragments(text);
    case 'jenkins':
      return jenkinsFragments(text);
    case 'shell':
      return /^#!(?!.*\b(?:(?:ba|da|z|k|a)?sh|pwsh)\b)/.test(text) ? [] : [{ text, start: 0 }];
    default:
      return tomlFragments(kind, text);
  }
});

interface Line {
  readonly text: string;
  readonly start: number;
}

function linesOf(text: string): readonly Line[] {
  let start = 0;
  return text.split('\n').map((line) => {
    const found = { text: line, start };
    start += line.length + 1;
    return found;
  });
}

const blank = (text: string) => filler.repeat(text.length);

/** `RUN`, `CMD` and `ENTRYPOINT`, as shell text or as a list of words, with what is continued and here-documents. */
function dockerFragments(text: string): readonly Fragment[] {
  const mark = /^\s*#\s*escape\s*=\s*`/im.test(text.slice(0, 1000)) ? '`' : '\\';
  const lines = linesOf(text);
  const fragments: Fragment[] = [];
  for (let i = 0; i < lines.length; i++) {
    const first = lines[i];
    const head = /^\s*(?:ONBUILD\s+)?(RUN|CMD|ENTRYPOINT|SHELL|[A-Z]+)\s/i.exec(first?.text ?? '');
    if (first === undefined || head === null) continue;
    const from = i;
    const isOpen = (line: string | undefined) => line?.trimEnd().endsWith(mark) === true;
    while (i + 1 < lines.length && (isOpen(lines[i]?.text) || (i > from && isDockerComment(lines[i]?.text))))
      i++;
    const body = lines.slice(from, i + 1).map((line) => dockerLine(line.text, mark));
    const documents = [...(lines[i]?.text ?? '').matchAll(/<<-?\s*["']?(\w+)["']?/g)].map(([, name]) => name);
    for (const name of documents) {
      while (i + 1 < lines.length && lines[i + 1]?.text.trim() !== name) body.push(lines[++i]?.text ?? '');
      if (i + 1 < lines.length) body.push(lines[++i]?.text ?? '');
    }
    if (!/^(?:RUN|CMD|ENTRYPOINT)$/i.test(head[1] ?? '')) continue;
    const [line = '', ...others] = body;
    const command = blank(head[0]) + line.slice(head[0].length);
    const shell = [command, ...others].join('\n');
    fragments.push({ text: withoutDockerForm(shell), start: first.start });
  }
  return fragments;
}

/** Comment lines and empty ones do not end what is continued. */
function isDockerComment(line: string | undefined): boolean {
  return /^\s*(?:#.*)?$/.test(line ?? '');
}

function dockerLine(line: string, mark: string): string {
  if (/^\s*#/.test(line)) return blank(line).slice(0, -1) + (line.length > 0 ? '\\' : '');
  const trimmed = line.trimEnd();
  return mark === '`' && trimmed.endsWith('`')
    ? `${trimmed.slice(0, -1)}\\${line.slice(trimmed.length)}`
    : line;
}

/** `["cargo", "build"]` is words; `--mount=…` is Docker's own. */
function withoutDockerForm(text: string): string {
  const words = text.replaceAll(filler, ' ').trim();
  if (words.startsWith('[') && words.endsWith(']')) {
    return text
      .replace('[', ' ')
      .replace(/\](\s*)$/, ' $1')
      .replaceAll(/"(\s*),/g, '"$1 ');
  }
  const options = new RegExp(`^[\\s${filler}\\\\]*(?:--[a-z]+(?:=\\S*)?[\\s\\\\]+)*`).exec(text)?.[0] ?? '';
  return options.replaceAll(/[^\n]/g, filler) + text.slice(options.length);
}

const mostCalls = 100;

/** Recipes, and `$(shell …)`. */
function makeFragments(text: string): readonly Fragment[] {
  const fragments: Fragment[] = [];
  const lines = linesOf(text);
  for (let i = 0; i < lines.length; i++) {
    const from = lines[i];
    if (from === undefined) continue;
    const head = /^(?:\t[\t ]*|[^\t#=][^=#]*?:(?!=)[^=]*?;)/.exec(from.text)?.[0];
    const first = i;
    while (i + 1 < lines.length && lines[i]?.text.endsWith('\\') === true) i++;
    const whole = lines
      .slice(first, i + 1)
      .map((line) => line.text)
      .join('\n');
    if (head !== undefined) {
      // What a recipe line is not to echo, or may fail, is marked in front.
      const marks = /^[@+-][@+\-\s]*/.exec(whole.slice(head.length))?.[0] ?? '';
      const skip = head.length + marks.length;
      fragments.push({ text: makeText(whole.slice(skip)), start: from.start + skip });
      continue;
    }
    const calls = [...whole.matchAll(/\$\(shell\s+/g)];
    for (const [at, call] of calls.entries()) {
      const start = call.index + call[0].length;
      // What stands in others is read with each; of more than anybody writes, once.
      const end = calls.length > mostCalls ? calls[at + 1]?.index : undefined;
      fragments.push({ text: makeText(whole.slice(start, end)), start: from.start + start });
    }
  }
  return fragments;
}

/** Make's own variables look like substitutions, and `$$` is the shell's `$`. */
function makeText(text: string): string {
  return text
    .replaceAll(/\$[({](\w+)[)}]/g, (whole, name: string) => `\${${name}}`.slice(0, whole.length))
    .replaceAll('$$', `${filler}$`);
}

/** Indented lines are recipes; a recipe that names its interpreter is a script of that. */
function justFragments(text: string): readonly Fragment[] {
  const fragments: Fragment[] = [];
  let isShellRecipe = true;
  let inRecipe = false;
  for (const line of linesOf(text)) {
    const indent = /^[ \t]+/.exec(line.text)?.[0] ?? '';
    if (indent === '' || line.text.trim() === '') {
      if (line.text.trim() !== '') inRecipe = false;
      for (const call of line.text.matchAll(/`([^`]+)`/g)) {
        fragments.push({ text: justText(call[1] ?? ''), start: line.start + call.index + 1 });
      }
      continue;
    }
    const isContinued = inRecipe && fragments.at(-1)?.text.trimEnd().endsWith('\\') === true;
    const marks = isContinued ? '' : (/^[@-]*/.exec(line.text.slice(indent.length))?.[0] ?? '');
    const body = line.text.slice(indent.length + marks.length);
    if (!inRecipe) {
      isShellRecipe = !/^#!/.test(body) || /^#!.*(?:ba|da|z|k)?sh\b/.test(body);
      inRecipe = true;
    }
    if (isShellRecipe)
      fragments.push({ text: justText(body), start: line.start + indent.length + marks.length });
  }
  return joined(fragments);
}

function justText(text: string): string {
  return text
    .replaceAll(/\{\{\s*(?:CARGO|cargo)\s*\}\}/g, (whole) => `cargo${blank(whole.slice(5))}`)
    .replaceAll(/\{\{\s*([\w-]+)\s*\}\}/g, (whole, name: string) =>
      `{{${name}}}`.padEnd(whole.length, filler),
    );
}

/** Lines that follow each other become one text, so that what is continued is one command. */
function joined(fragments: readonly Fragment[]): readonly Fragment[] {
  const all: { text: string; start: number }[] = [];
  for (const { text, start } of fragments) {
    const last = all.at(-1);
    const gap = last === undefined ? 0 : start - last.start - last.text.length;
    if (last?.text.trimEnd().endsWith('\\') && gap > 0) last.text += `\n${blank(' '.repeat(gap - 1))}${text}`;
    else all.push({ text, start });
  }
  return all;
}
