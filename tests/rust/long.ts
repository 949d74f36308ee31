/** Build scripts that are long in one way each, by how often they say it. */
const times = (count: number, text: (i: number) => string) =>
  Array.from({ length: count }, (_, i) => text(i)).join('\n');
const uses = 'use std::{env, fs, io::Write, path::PathBuf, process::{Command, Stdio}};\n';
const main = (body: string) => `${uses}fn main() {\n${body}\n}\n`;

export const long: Readonly<Record<string, (count: number) => string>> = {
  'commands in one function': (n) =>
    main(times(n, (i) => `Command::new("tool${i}").arg("x${i}").status().unwrap();`)),
  'commands that have names': (n) =>
    main(times(n, (i) => `let mut c${i} = Command::new("t${i}"); c${i}.arg("x"); c${i}.status();`)),
  'commands of one name': (n) =>
    main(times(n, (i) => `let mut c = Command::new("t${i}"); c.arg("x"); c.status();`)),
  'shells that are given code elsewhere': (n) =>
    main(
      times(n, (i) => `let mut c${i} = Command::new("sh"); c${i}.arg("-c").arg("a${i} x"); c${i}.status();`),
    ),
  'interpreters that are given code elsewhere': (n) =>
    main(times(n, (i) => `let mut c${i} = Command::new("python3"); c${i}.arg("-c").arg("import a${i}");`)),
  'interpreters of many names': (n) =>
    main(
      times(n, (i) => `let mut c${i} = Command::new("python3.${i}"); c${i}.arg("-c").arg("import a${i}");`),
    ),
  'programs that are given their words elsewhere': (n) =>
    main(times(n, (i) => `let mut c${i} = Command::new("a${i}/git"); c${i}.arg("a${i}"); c${i}.status();`)),
  'programs that read what is written': (n) =>
    main(
      times(
        n,
        (i) =>
          `let mut c = Command::new("sh").stdin(Stdio::piped()).spawn().unwrap(); c.stdin.take().unwrap().write_all(b"a${i}");`,
      ),
    ),
  'calls of one chain': (n) => main(`Command::new("x")${times(n, (i) => `.arg("a${i}")`)}.status();`),
  'arguments of one command': (n) =>
    main(`let mut c = Command::new("x");${times(n, (i) => `c.arg("a${i}");`)} c.status();`),
  'a name that is given again': (n) =>
    main(times(n, (i) => `let p = "tool${i}"; Command::new(p).arg(p).status();`)),
  'a name that is given in blocks': (n) =>
    main(times(n, (i) => `{ let p = "tool${i}"; Command::new(p).status(); }`)),
  'a name that is given in blocks, and asked for behind them': (n) =>
    main(
      `let mut p = "a"; ${times(n, (i) => `{ p = "tool${i}"; }`)} ${times(n, () => 'Command::new(p).status();')}`,
    ),
  'a name that loops give': (n) => main(times(n, (i) => `for p in ["t${i}"] { Command::new(p).status(); }`)),
  'a path that grows': (n) =>
    main(`let p = PathBuf::from("a"); ${times(n, (i) => `let p = p.join("b${i}"); fs::write(&p, "x");`)}`),
  'names that lead to names': (n) =>
    main(`let a0 = "x"; ${times(n, (i) => `let a${i + 1} = a${i};`)} Command::new(a${n}).status();`),
  closures: (n) =>
    main(times(n, (i) => `let f${i} = |x: &str| { Command::new(x).status(); }; f${i}("t${i}");`)),
  'closures in each other': (n) =>
    main(`${times(n, (i) => `let f${i} = || {`)} Command::new("x").status(); ${'};'.repeat(n)}`),
  functions: (n) =>
    `${uses}${times(n, (i) => `fn f${i}(x: &str) { Command::new(x).status(); }`)}\nfn main() {\n${times(n, (i) => `f${i}("t${i}");`)} }`,
  'functions of something generic': (n) =>
    `${uses}${times(n, (i) => `fn f${i}<T: AsRef<str>>(x: T) { Command::new(x.as_ref()).status(); }`)}\nfn main() {\n${times(n, (i) => `f${i}("t");`)} }`,
  arms: (n) =>
    main(
      `match env::var("X").unwrap().as_str() {\n${times(n, (i) => `"a${i}" => { Command::new("t${i}").status(); }`)} _ => {} }`,
    ),
  predicates: (n) =>
    main(`${times(n, (i) => `if cfg!(x${i}) { Command::new("t${i}").status(); } else `)} {}`),
  constants: (n) =>
    `${uses}${times(n, (i) => `static S${i}: &[&str] = &["t${i}"];`)}\nfn main() {\n${times(n, (i) => `for s in S${i} { Command::new(s).status(); }`)} }`,
  imports: (n) =>
    `${times(n, (i) => `use std::process::Command as C${i};`)}\nfn main() {\n${times(n, (i) => `C${i}::new("t${i}").status();`)} }`,
  modules: (n) =>
    `${times(n, (i) => `mod m${i} { use std::process::Command; pub fn f() { Command::new("t${i}").status(); } }`)}\nfn main() {\n${times(n, (i) => `m${i}::f();`)} }`,
  macros: (n) =>
    `${uses}${times(n, (i) => `macro_rules! m${i} { ($x:expr) => { Command::new($x).status() } }`)}\nfn main() {\n${times(n, (i) => `m${i}!("t${i}");`)} }`,
  flags: (n) =>
    main(`let mut b = cc::Build::new();\n${times(n, (i) => `b.flag("-DX${i}");`)} b.compile("a");`),
  definitions: (n) => main(`cmake::Config::new("x")\n${times(n, (i) => `.define("A${i}", "b")`)}.build();`),
  directives: (n) => main(times(n, (i) => `println!("cargo:rustc-env=A${i}=b");`)),
  'directives in pieces': (n) => main(times(n, (i) => `println!("{}{}", "cargo:", "rustc-env=A${i}=b");`)),
  'files that are written': (n) =>
    main(
      `let out = PathBuf::from(env::var("OUT_DIR").unwrap()); ${times(n, (i) => `fs::write(out.join("f${i}"), "x");`)}`,
    ),
  'files that are opened': (n) =>
    main(times(n, (i) => `let mut f = fs::File::create("f${i}").unwrap(); writeln!(f, "x${i}");`)),
  'folders that are gone to': (n) =>
    main(times(n, (i) => `env::set_current_dir("d${i}"); fs::write("x", "y");`)),
  'folders that are listed': (n) =>
    main(
      times(
        n,
        (i) => `for e in fs::read_dir("d${i}").unwrap() { let p = e.unwrap().path(); fs::remove_file(p); }`,
      ),
    ),
  links: (n) =>
    main(times(n, (i) => `std::os::unix::fs::symlink("/etc/a${i}", "l${i}"); fs::write("l${i}/x", "y");`)),
  variables: (n) => main(times(n, (i) => `env::set_var("E${i}", "x");`)),
  sockets: (n) => main(times(n, (i) => `std::net::TcpStream::connect("h${i}:80");`)),
};
