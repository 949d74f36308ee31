/** Build scripts that are made to cost: each must be answered soon, if only with what nobody can read. */
export interface Hostile {
  readonly name: string;
  readonly files: Readonly<Record<string, string>>;
}

/** Makes them anew, so that nobody keeps their megabytes. */
export function* hostile(): Generator<Hostile> {
  const one = (name: string, text: string): Hostile => ({ name, files: { 'build.rs': text } });
  const times = (count: number, text: (i: number) => string) =>
    Array.from({ length: count }, (_, i) => text(i)).join('');
  yield one(
    '100,000 parentheses in each other',
    `fn main() { ${'('.repeat(100_000)}${')'.repeat(100_000)} }`,
  );
  yield one('20 MB in one line', `fn main() { let a = "${'a'.repeat(20 * 1024 * 1024)}"; }`);
  yield one('12 MB in one line of calls', `fn main() { ${'f(x);'.repeat(2_400_000)} }`);
  yield one(
    'an array of 1,000,000 numbers',
    `const A: [u32; 1000000] = [${'1,'.repeat(1_000_000)}];\nfn main() {}`,
  );
  yield one('broken syntax', `fn main() { ${'} { '.repeat(200_000)}`);
  yield one('a string that never ends', `fn main() { "${'x'.repeat(5_000_000)}`);
  yield one('comments in each other', `${'/*'.repeat(500_000)}`);
  yield {
    name: 'modules in a ring',
    files: { 'build.rs': '#[path = "a.rs"] mod a; fn main() {}', 'a.rs': '#[path = "build.rs"] mod b;' },
  };
  yield {
    name: 'modules that bring two of each other',
    files: {
      'build.rs': 'mod a; mod b; fn main() {}',
      'a.rs': '#[path = "b.rs"] mod x; #[path = "b.rs"] mod y;',
      'b.rs': '#[path = "c.rs"] mod x; #[path = "c.rs"] mod y;',
      'c.rs': '#[path = "a.rs"] mod x; #[path = "a.rs"] mod y;',
    },
  };
  yield one(
    'imports that lead to each other',
    `${times(2000, (i) => `use a${i + 1}::x as a${i};\n`)}fn main() { a0::f(); }`,
  );
  yield one(
    'globs of globs',
    `${times(400, (i) => `mod m${i} { pub use super::m${(i * 7) % 400}::*; pub use super::m${(i * 13) % 400}::*; }\n`)}use m0::*;\nfn main() { Command::new("x"); }`,
  );
  yield one(
    'values that lead to values',
    `use std::process::Command;\n${times(3000, (i) => `fn f${i}(a: &str, b: &str) -> String { f${(i + 1) % 3000}(b, a) + &f${(i * 7 + 3) % 3000}(a, a) }\n`)}fn main() { Command::new(f0("a", "b")); }`,
  );
  yield one(
    'one name with 20,000 values, each asked for',
    `use std::process::Command;\nfn main() { let mut a = String::new();\n${times(20_000, () => 'a = a + "x"; Command::new(a);\n')} }`,
  );
  yield one(
    'a parameter that 40,000 methods are called on',
    `struct A;\nimpl A { fn a(&self) {} }\nfn f(a: &A) { ${times(40_000, () => 'std::process::Command::new(a.a());\n')} }`,
  );
  yield one(
    'a call that is given 40,000 closures',
    `fn main() { std::process::Command::new(x); f(${times(40_000, () => '|a| a, ')}); }`,
  );
  yield one(
    '30,000 impls, and as many functions that stand in none',
    `${times(30_000, () => 'impl A {}\n')}${times(30_000, () => 'fn f() {}\n')}fn main() { std::process::Command::new(x); }`,
  );
  yield one(
    'a match with 50,000 arms',
    `fn main() { match x {\n${times(50_000, (i) => `A${i}(a) => f(a),\n`)} } std::process::Command::new(a); }`,
  );
  yield one(
    '50,000 functions in each other',
    `${times(4000, (i) => `fn f${i}() { `)}std::process::Command::new(x);${'}'.repeat(4000)}`,
  );
  yield one('a use tree that is deep', `use ${'a::{'.repeat(20_000)}b${'}'.repeat(20_000)};\nfn main() {}`);
  yield one(
    'a macro that doubles what it is given',
    `macro_rules! m { ($p:ident $($t:tt)*) => { std::$p::x; m!($p $($t)* $($t)*); m!($p $($t)* a); } }\nfn main() { m!(process a b c); }`,
  );
  yield one(
    'a macro that takes one of 20,000 tokens at a time',
    `macro_rules! m { ($p:ident) => { std::$p::x }; ($p:ident $a:tt $($t:tt)*) => { m!($p $($t)*) } }\nfn main() { m!(process ${times(20_000, () => 'a ')}); }`,
  );
  yield one(
    'a macro whose repetitions fit in many ways',
    `macro_rules! m { ($($($($($a:tt)*)*)*)* ;) => { std::$a::x } }\nfn main() { ${times(200, (i) => `m!(${'a '.repeat(400)} ${i});\n`)} }`,
  );
  yield one(
    '20,000 macros of one name, each called',
    `${times(20_000, (i) => `macro_rules! m { ($p:ident) => { std::$p::f${i} } }\n`)}fn main() { ${times(2000, () => 'm!(process);')} }`,
  );
  yield one(
    '3,000 macros that call each other',
    `${times(3000, (i) => `macro_rules! m${i} { ($p:ident) => { std::$p::x; m${(i * 7 + 1) % 3000}!($p); m${(i * 13 + 5) % 3000}!($p) } }\n`)}fn main() { m0!(process); }`,
  );
  yield one('angles without end', `fn main() { ${'a::<'.repeat(300_000)} }`);
}
