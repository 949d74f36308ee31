/** Names with more values than are followed: the one that matters is said, or that it cannot be told. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { assertReach, type Reach, reviewOf, roles } from './reach.ts';

const times = <T>(count: number, make: (i: number) => T): readonly T[] =>
  Array.from({ length: count }, (_, i) => make(i));
const run = 'std::process::Command::new(p).status();';
/** What else a name is given, before and behind it. */
const others = (make: (i: number) => string) => times(100, make).join('\n');

const values: readonly Reach[] = [
  {
    how: 'a variable that is given others in a hundred branches before',
    body: `let n = 1; let mut p = "gcc"; ${others((i) => `if n == ${i} { p = "gcc${i}"; }`)} if n > 0 { p = "curl"; } ${run}`,
    says: ['process ?'],
  },
  {
    how: 'a variable that is given the same in a hundred branches before',
    body: `let n = 1; let mut p = "gcc"; ${others((i) => `if n == ${i} { p = "gcc"; }`)} if n > 0 { p = "curl"; } ${run}`,
    says: ['process ?'],
  },
  {
    how: 'a field that two hundred others have as well',
    head: "struct T { p: &'static str }",
    body: `let all = [${others((i) => `T { p: "gcc${i}" },`)} T { p: "curl" }]; for t in all { let p = t.p; ${run} }`,
    says: ['process ?'],
  },
  {
    how: 'a field that others have with the same text',
    head: "struct T { p: &'static str }",
    body: `let all = [${others(() => 'T { p: "gcc" },')} T { p: "curl" }]; for t in all { let p = t.p; ${run} }`,
    says: ['process curl'],
  },
  {
    how: 'a method of one name of a hundred types',
    head: `${others((i) => `mod m${i} { pub struct A; impl A { pub fn p(&self) -> &'static str { "gcc" } } }`)}
mod z { pub struct A; impl A { pub fn p(&self) -> &'static str { "curl" } } }`,
    body: `let p = z::A.p(); ${run}`,
    says: ['process ?'],
  },
  {
    how: 'a function that is called with the same a hundred times',
    head: `fn run(p: &str) { ${run} }`,
    body: `${others(() => 'run("gcc");')} run("curl");`,
    says: ['process curl'],
  },
  {
    how: 'a function that is called with a hundred others',
    head: `fn run(p: &str) { ${run} }`,
    body: `${others((i) => `run("gcc${i}");`)} run("curl");`,
    says: ['process ?'],
  },
  {
    how: 'a function of one name of a hundred that a name is lent to',
    head: `${others((i) => `mod m${i} { pub fn set(p: &mut &'static str) { *p = "gcc"; } }`)}
mod z { pub fn set(p: &mut &'static str) { *p = "curl"; } }`,
    body: `let mut p = "gcc"; z::set(&mut p); ${run}`,
    says: ['process ?'],
  },
  {
    how: 'a function that gives what it is lent a hundred values',
    head: `fn set(p: &mut &'static str, n: usize) { ${others((i) => `if n == ${i} { *p = "gcc"; }`)} if n > 0 { *p = "curl"; } }`,
    body: `let mut p = "gcc"; set(&mut p, 1); ${run}`,
    says: ['process ?'],
  },
];

const choice = (usual: (i: number) => string, last: string) =>
  `let n = std::env::args().count(); let f = match n { ${others((i) => `${i + 5} => ${JSON.stringify(usual(i))},`)} _ => ${JSON.stringify(last)} };`;

const settings: readonly Reach[] = [
  {
    how: 'a flag among a hundred',
    body: `${choice((i) => `-O${i}`, '-fplugin=./x.so')} cc::Build::new().flag(f).compile("a");`,
    says: ['redirects-tools -fplugin=./x.so'],
  },
  {
    how: 'a variable for the compiler among a hundred',
    body: `${choice((i) => `A${i}`, 'LD_PRELOAD')} println!("cargo::rustc-env={}=x.so", f);`,
    says: ['redirects-tools LD_PRELOAD=x.so'],
  },
  {
    how: 'one among a hundred with each of a hundred values',
    body: `${choice((i) => `A${i}`, 'LD_PRELOAD')} let v = f; println!("cargo::rustc-env={}={}", f, v);`,
    says: ['redirects-tools LD_PRELOAD=A0'],
  },
];

describe('what a name is given beyond what is followed', () => {
  for (const one of values)
    for (const role of roles) it(`${one.how}, in a ${role}`, () => assertReach(one, role));
  for (const one of settings) it(one.how, () => assertReach(one, 'script'));
  it('is nothing that is asked about where all of it is the same', () => {
    const { shapes } = reviewOf(
      { how: '', head: `fn run(p: &str) { ${run} }`, body: others(() => 'run("gcc");'), says: [] },
      'script',
    );
    assert.deepEqual(
      shapes.filter((shape) => shape.startsWith('process')),
      ['process gcc'],
    );
  });
});
