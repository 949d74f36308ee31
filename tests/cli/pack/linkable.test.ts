// biome-ignore-all lint/suspicious/noTemplateCurlyInString: texts of modules
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { linkable } from '../../../src/cli/pack/linkable.ts';
import { narrowed } from '../../../src/cli/pack/narrow.ts';

/** Runs a module by its imports' exports; answers with what it exports. */
function runOf(source: string, imports: Readonly<Record<string, Record<string, unknown>>> = {}) {
  const { code, imports: names } = linkable(source);
  const exports: Record<string, unknown> = {};
  const of = (n: number) => imports[names[n] ?? ''] ?? assert.fail(`no import ${n}`);
  const run = new Function('$import', '$default', '$all', '$every', '$later', '$exports', '$meta', code);
  run(
    (n: number, set?: (found: unknown) => void) => set?.(of(n)),
    (n: number) => of(n).default,
    of,
    (n: number) => {
      const { default: _, ...all } = of(n);
      Object.assign(exports, { ...all, ...exports });
    },
    (name: string) => imports[name],
    exports,
    { dirname: '/here' },
  );
  return exports;
}

const other = { a: 1, b: 2, default: 'by default' };

for (const [source, expected] of [
  ["import { a, b as c } from './o'; export const x = [a, c];", { x: [1, 2] }],
  ["import d, { a } from './o'; export const x = [d, a];", { x: ['by default', 1] }],
  ["import { default as d } from './o'; export const x = d;", { x: 'by default' }],
  ["import * as o from './o'; export const x = o.a;", { x: 1 }],
  ["import d from './o' with { type: 'json' };\nexport const x = d;", { x: 'by default' }],
  ["import './o'\nexport const x = 1", { x: 1 }],
  ["export { a, b as c } from './o';", { a: 1, c: 2 }],
  ["export { default } from './o';", { default: 'by default' }],
  ["export * from './o'; export const a = 'own';", { a: 'own', b: 2 }],
  ["export * as o from './o';", { o: other }],
  ['export default 3', { default: 3 }],
  ['export default class extends Array {}\n', undefined],
  ['const a = 1, b = 2; export { a as b, b as a };', { a: 2, b: 1 }],
  ['export async function f() {} export function* g() {} export class C {}', undefined],
  ["export const x = import('./o').a;", { x: 1 }],
  ['export const x = import.meta.dirname;', { x: '/here' }],
  // What only looks like an import or export.
  [
    "export const x = `\nimport { y } from 'z';\nexport const q = ${'1'};\n`;",
    { x: "\nimport { y } from 'z';\nexport const q = 1;\n" },
  ],
  ['export const x = /[/"\'`]/.test("`"); // `', { x: true }],
  ['export const x = `${/[`]/.test("a") ? `${1}` : `${{ a: 2 }.a}`}`;', { x: '2' }],
  ['const o = { import: 1, export: 2 }; export const x = o.import + o.export;', { x: 3 }],
  ['/* export const y = 1; */ export const x = 4 / 2 / 1;', { x: 2 }],
  ['export const x = f(); function f() { return 1; }', { x: 1 }],
] as const) {
  test(`runs ${source}`, () => {
    const found = runOf(source, { './o': other });
    if (expected !== undefined) assert.deepEqual(found, expected);
    else assert.ok(Object.keys(found).length > 0);
  });
}

test('a function is there before anything has run, as in a cycle of modules', () => {
  const { code } = linkable("import { a } from './o'; export const x = 1; export function f() { return a; }");
  assert.ok(code.indexOf('$exports.f = f') < code.indexOf('$import('));
});

test('each line stays where it was', () => {
  const source =
    "import {\n  a,\n  b,\n} from './o';\n/* one\n two */\nexport {\n  a\n};\nthrow new Error('here');\n";
  const { code } = linkable(source);
  const line = (text: string) => text.slice(0, text.indexOf('throw')).split('\n').length;
  assert.equal(line(code), line(source));
});

for (const source of [
  'await 1;',
  'export let x = 1;',
  'export const { a } = b;',
  'import(name)',
  "import { a from './o'",
  'export const x = `',
])
  test(`refuses ${source}`, () => assert.throws(() => linkable(source), SyntaxError));

for (const [code, value] of [
  ["'…'.length", 1],
  ['`${"→"}…`', '→…'],
  ['/^[‐-–]$/u.test("–")', true],
  ['/* … */ "é" + "😀".codePointAt(0)', 'é128512'],
  ['1\u2002+\u20021', 2],
] as const) {
  test(`narrows ${code}`, () => {
    const narrow = narrowed(code);
    assert.doesNotMatch(narrow, /[^\0-\xff]/);
    assert.deepEqual(new Function(`return ${narrow}`)(), value);
  });
}

test('a template that a function reads as it is written stays', () => {
  const code = 'String.raw`…\\n`';
  assert.equal(narrowed(code), code);
});
