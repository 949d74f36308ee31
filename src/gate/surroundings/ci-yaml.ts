import { isAlias, isMap, isNode, isScalar, isSeq, type Scalar } from 'yaml';
import { calledByAction } from './ci-actions.ts';
import { type Fragment, filler } from './shell.ts';
import { visitYaml } from './yaml-file.ts';

const keys = {
  github: new Set(['run']),
  gitlab: new Set(['script', 'before_script', 'after_script']),
  // CircleCI, Azure, Bitbucket, Buildkite, Travis, Woodpecker, Cirrus; `env: [NAME=value]` is Travis's.
  pipeline: new Set(
    (
      'run command commands script before_script after_script before_install install before_deploy bash pwsh powershell env ' +
      'global'
    ).split(' '),
  ),
} as const;

/** The shell text of a workflow, an action or a pipeline. Never throws. */
export function yamlFragments(text: string, kind: keyof typeof keys): readonly Fragment[] {
  const fragments = new Map<number, Fragment>();
  const anchors = new Map<string, unknown>();
  const scripts: unknown[] = [];
  const isRead = visitYaml(text, {
    Node(_, node) {
      if (isNode(node) && 'anchor' in node && typeof node.anchor === 'string') anchors.set(node.anchor, node);
    },
    Pair(_, pair, path) {
      const parent = path.at(-1);
      const key = isScalar(pair.key) ? String(pair.key.value) : '';
      const isScript = keys[kind].has(key) || (kind === 'pipeline' && key.endsWith('_script'));
      if (isScript && !isForeign(parent)) {
        scripts.push(pair.value);
      }
      const called = calledByAction(pair, parent);
      if (called !== undefined) fragments.set(called.start, called);
    },
  });
  if (!isRead) return [];
  for (const script of scripts) {
    for (const scalar of scalarsIn(script, anchors)) {
      const fragment = fragmentOf(scalar, text);
      if (fragment !== undefined)
        fragments.set(fragment.start, kind === 'pipeline' ? withVariables(fragment) : fragment);
    }
  }
  return [...fragments.values()];
}

/** CircleCI's `<< parameters.x >>` and Azure's `$(x)`, as variables of a shell. */
function withVariables({ text, start }: Fragment): Fragment {
  return {
    text: text
      .replaceAll(/<< ([\w.-]+) >>/g, (_, name: string) => `\${{${name}}}${filler}`)
      .replaceAll(/<<([\w-]+\.[\w.-]+)>>/g, (_, name: string) => `\${${name}}${filler}`)
      .replaceAll(/\$\(([\w.]+)\)/g, (_, name: string) => `\${${name}}`),
    start,
  };
}

/** A step may be written for another interpreter. */
function isForeign(step: unknown): boolean {
  const shell = isMap(step) ? step.get('shell') : undefined;
  return typeof shell === 'string' && /^(?:python|node|perl|ruby|cmd)/.test(shell);
}

/** A script is a text or a list of texts, in lists again where anchors put them there. */
function scalarsIn(node: unknown, anchors: ReadonlyMap<string, unknown>, depth = 0): readonly Scalar[] {
  if (depth > 10) return [];
  if (isScalar(node)) return [node];
  if (isSeq(node)) return node.items.flatMap((item) => scalarsIn(item, anchors, depth + 1));
  return isAlias(node) ? scalarsIn(anchors.get(node.source), anchors, depth + 1) : [];
}

/** A scalar as it stands in the file, with what YAML makes of it and no offset moved. */
function fragmentOf(scalar: Scalar, source: string): Fragment | undefined {
  const [from, to] = scalar.range ?? [];
  if (from === undefined || to === undefined || typeof scalar.value !== 'string') return undefined;
  const raw = source.slice(from, to);
  switch (scalar.type) {
    case 'BLOCK_LITERAL':
    case 'BLOCK_FOLDED': {
      const head = raw.indexOf('\n') + 1;
      const body = raw.slice(head);
      return { text: scalar.type === 'BLOCK_FOLDED' ? folded(body) : body, start: from + head };
    }
    case 'QUOTE_DOUBLE':
      return { text: unescaped(raw.slice(1, -1)), start: from + 1 };
    case 'QUOTE_SINGLE':
      return { text: raw.slice(1, -1).replaceAll("''", `${filler}'`).replaceAll('\n', ' '), start: from + 1 };
    default:
      return { text: raw.replaceAll('\n', ' '), start: from };
  }
}

/** A line break between two lines of the block's own indentation is a space. */
function folded(body: string): string {
  const lines = body.split('\n');
  const indents = lines.map((line) =>
    line.trim() === '' ? undefined : line.length - line.trimStart().length,
  );
  const own = indents.find((indent) => indent !== undefined);
  const isPlain = (i: number) => indents[i] !== undefined && indents[i] === own;
  return lines
    .map((line, i) => line + (i + 1 === lines.length ? '' : isPlain(i) && isPlain(i + 1) ? ' ' : '\n'))
    .join('');
}

function unescaped(raw: string): string {
  return raw.replaceAll(/\\([\s\S])|\n/g, (whole, escaped?: string) => {
    if (escaped === undefined) return ' ';
    if (escaped === 'n') return `${filler}\n`;
    if (escaped === 't') return `${filler} `;
    return escaped === '\n' ? filler + filler : '"\\/ '.includes(escaped) ? filler + escaped : whole;
  });
}
