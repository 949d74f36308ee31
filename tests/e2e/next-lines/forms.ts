/** Every form of a command line that the product tells a person to type, found in its own source. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';

const src = join(import.meta.dirname, '../../../src');
/** Where findings and errors say what to do. What a command says of itself (`command.ts`) is in its reference. */
const rooms = ['gate', 'policy', 'cli'];

/** By form, with `…` for what is filled in: the files that say it. */
export function nextForms(): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, Set<string>>();
  for (const room of rooms) {
    for (const path of readdirSync(join(src, room), { recursive: true, encoding: 'utf8' })) {
      if (!path.endsWith('.ts') || path.endsWith('command.ts')) continue;
      const file = `${room}/${path.replaceAll('\\', '/')}`;
      for (const text of textsOf(join(src, room, path))) {
        for (const form of formsIn(text)) {
          found.set(form, (found.get(form) ?? new Set()).add(file));
        }
      }
    }
  }
  return new Map([...found].sort().map(([form, files]) => [form, [...files].sort()]));
}

/** Texts of one file, but for what describes rules, settings and options. */
function textsOf(path: string): readonly string[] {
  const file = ts.createSourceFile(path, readFileSync(path, 'utf8'), ts.ScriptTarget.Latest, true);
  const texts: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isPropertyAssignment(node) && node.name.getText() === 'doc') return;
    if (ts.isCallExpression(node) && /\.(?:describe|description)$/.test(node.expression.getText())) {
      visit(node.expression);
      return;
    }
    if (ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node)) texts.push(node.text);
    if (ts.isTemplateExpression(node)) {
      texts.push([node.head.text, ...node.templateSpans.map(({ literal }) => literal.text)].join('…'));
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  return texts;
}

const command = /^(?:git|cargo|safeguard) [a-z]/;

/** A text is a command line, quotes some, or ends in one. */
function formsIn(text: string): readonly string[] {
  if (command.test(text)) return [text];
  const quoted = [...text.matchAll(/`([^`]+)`/g)].map(([, inner = '']) => inner);
  const last = /: ((?:git|cargo|safeguard) [^`]+)$/.exec(text)?.[1];
  return [...quoted, ...(last === undefined ? [] : [last])].filter((one) => command.test(one));
}
