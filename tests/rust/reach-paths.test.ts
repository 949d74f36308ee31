/** Paths that code works out: where they lead is told, and what cannot be told is outside. */
import { describe, it } from 'node:test';
import { assertReach, type Reach, roles } from './reach.ts';

const dir = 'let d = std::env::var("CARGO_MANIFEST_DIR").unwrap(); let d = std::path::Path::new(&d);';
const out = 'let o = std::path::PathBuf::from(std::env::var("OUT_DIR").unwrap());';
const write = (path: string) => `std::fs::write(${path}, "").ok();`;
const abovePackage = ['writes above CARGO_MANIFEST_DIR'];
const aboveOut = ['writes above OUT_DIR'];

const cases: readonly Reach[] = [
  // Out of the package.
  {
    how: 'parent',
    body: `${dir} ${write('d.parent().unwrap().join("other-1.0.0").join("lib.rs")')}`,
    says: abovePackage,
  },
  {
    how: 'ancestors',
    body: `${dir} ${write('d.ancestors().nth(4).unwrap().join("config.toml")')}`,
    says: abovePackage,
  },
  {
    how: 'ancestors, found by a test',
    body: `${dir} ${write('d.ancestors().find(|p| p.join(".git").exists()).unwrap().join(".git/hooks/x")')}`,
    says: abovePackage,
  },
  { how: 'two dots', body: `${dir} ${write('d.join("../other-1.0.0/src/lib.rs")')}`, says: abovePackage },
  {
    how: 'two dots after a name',
    body: `${dir} ${write('d.join("src").join("../..").join("x/y/z")')}`,
    says: abovePackage,
  },
  {
    how: 'two dots in a format',
    body: `${dir} ${write('format!("{}/../x", d.display())')}`,
    says: abovePackage,
  },
  {
    how: 'two dots in a named format',
    body: `${dir} let d = d.display(); ${write('format!("{d}/../../x/y/z")')}`,
    says: abovePackage,
  },
  {
    how: 'two dots in concat',
    body: write('concat!(env!("CARGO_MANIFEST_DIR"), "/../x/y")'),
    says: abovePackage,
  },
  {
    how: 'pop',
    body: `${dir} let mut p = d.to_path_buf(); p.pop(); p.push("x"); ${write('&p')}`,
    says: abovePackage,
  },
  {
    how: 'pop in a loop',
    body: `${out} let mut p = o; while p.pop() { if p.join(".git").exists() { break; } } ${write('p.join(".git/hooks/x")')}`,
    says: aboveOut,
  },
  {
    how: 'parent in a loop',
    body: `${out} let mut p = o.as_path(); for _ in 0..3 { p = p.parent().unwrap(); } ${write('p.join("x")')}`,
    says: aboveOut,
  },
  {
    how: 'two dots pushed in a loop',
    body: `${out} let mut p = o.clone(); for _ in 0..5 { p.push(".."); } ${write('p.join("a/b/c/d/e/f/g")')}`,
    says: aboveOut,
  },
  {
    how: 'by a function',
    head: 'fn up(p: &std::path::Path) -> &std::path::Path { p.parent().unwrap() }',
    body: `${out} ${write('up(up(&o)).join("x/y/z")')}`,
    says: aboveOut,
  },
  { how: 'beside', body: `${out} ${write('o.with_file_name("x")')}`, says: aboveOut },
  {
    how: 'a cut text',
    body: `${out} let s = o.display().to_string(); ${write('format!("{}/x", s.split("/target/").next().unwrap())')}`,
    says: aboveOut,
  },
  {
    how: 'the manifest itself',
    body: write(
      'std::path::Path::new(&std::env::var("CARGO_MANIFEST_PATH").unwrap()).parent().unwrap().parent().unwrap().join("x")',
    ),
    says: ['writes above CARGO_MANIFEST_PATH'],
  },
  // From the root.
  {
    how: 'a root, piece by piece',
    body: write('std::path::Path::new("/").join("home").join("a/.cargo/config.toml")'),
    says: ['writes /home/a/.cargo/config.toml'],
  },
  {
    how: 'a root that is pushed',
    body: `let mut p = std::path::PathBuf::from("/"); p.push("etc"); p.push("profile.d"); ${write('p')}`,
    says: ['writes /etc*'],
  },
  {
    how: 'a root that is joined',
    body: `${out} ${write('o.join("/etc/profile.d/x")')}`,
    says: ['writes /etc/profile.d/x'],
  },
  {
    how: 'a root by a constant that is joined',
    head: 'const P: &str = "/etc/cron.d/x";',
    body: `${out} ${write('o.join(P)')}`,
    says: ['writes /etc/cron.d/x'],
  },
  {
    how: 'a root of Windows',
    body: write(String.raw`std::path::Path::new("C:\\").join("Users")`),
    says: [String.raw`writes C:\*`],
  },
  {
    how: 'a list',
    body: `${write('["/etc", "profile.d", "x"].iter().collect::<std::path::PathBuf>()')}`,
    says: ['writes /etc*'],
  },
  {
    how: 'the home folder',
    body: write('std::path::Path::new(&std::env::var_os("HOME").unwrap()).join(".cargo/config.toml")'),
    says: ['writes HOME'],
  },
  {
    how: "cargo's home folder",
    body: write('format!("{}/bin/cargo", std::env::var("CARGO_HOME").unwrap())'),
    says: ['writes CARGO_HOME'],
  },
  {
    how: "another script's folder",
    body: write('format!("{}/lib.a", std::env::var("DEP_Z_ROOT").unwrap())'),
    says: ['writes $DEP_Z_ROOT'],
  },
  {
    how: 'parts of a path',
    body: `${out} let p: std::path::PathBuf = o.components().take(3).collect(); ${write('p.join("x")')}`,
    says: ['writes above OUT_DIR'],
  },
  {
    how: 'the beginning of a text',
    body: `let o = std::env::var("OUT_DIR").unwrap(); let t = &o[..o.find("target").unwrap()]; ${write('format!("{t}/.git/hooks/pre-commit")')}`,
    says: ['writes above OUT_DIR'],
  },
  {
    how: 'a name of the same test',
    body: `let p = std::env::var("OUT_DIR"); if let Ok(p) = std::env::var("HOME") && std::fs::write(format!("{p}/x"), "").is_ok() {}`,
    says: ['writes HOME'],
  },
  {
    how: 'another folder before, on one platform',
    body: `${out} let mut p = std::path::PathBuf::from("/etc/x"); #[cfg(windows)] p = o.clone(); ${write('p')}`,
    says: ['writes /etc/x'],
  },
  {
    how: 'another folder before, if at all',
    body: `${out} let mut p = std::path::PathBuf::from("/etc/x"); if cfg!(windows) { p = o.clone(); } ${write('p')}`,
    says: ['writes /etc/x'],
  },
  {
    how: 'another folder afterwards, in a loop',
    body: `${out} let mut p = std::path::PathBuf::new(); loop { ${write('&p')} p = o.clone(); p = std::path::PathBuf::from("/etc/x"); }`,
    says: ['writes /etc/x'],
  },
  {
    how: 'beside its own program',
    body: write('std::env::current_exe().unwrap().parent().unwrap().join("x")'),
    says: ['writes *'],
  },
  // What is not known.
  {
    how: 'a folder that another crate gives',
    body: write('somewhere::folder().join("x")'),
    says: ['writes *'],
    roles: ['script', 'macro'],
  },
  {
    how: 'moved to another folder',
    body: `std::env::set_current_dir("/").ok(); ${write('"etc/x"')}`,
    says: ['writes etc/x'],
  },
  {
    how: 'moved up',
    body: `${dir} std::env::set_current_dir(d.parent().unwrap()).ok(); ${write('"x/lib.rs"')}`,
    says: ['writes x/lib.rs'],
  },
  {
    how: 'moved to a folder that is not known',
    body: `std::env::set_current_dir(somewhere()).ok(); ${write('"x/lib.rs"')}`,
    head: 'use other::somewhere;',
    says: ['writes x/lib.rs'],
  },
  // Reading.
  {
    how: 'a walk through what lies beside the package',
    body: `${dir} for e in std::fs::read_dir(d.parent().unwrap()).unwrap() { ${write('e.unwrap().path().join("src/lib.rs")')} }`,
    says: abovePackage,
  },
  {
    how: 'a walk by a crate',
    body: `${dir} for e in walkdir::WalkDir::new(d.join("../..")) { e.ok(); }`,
    says: ['reads-outside above CARGO_MANIFEST_DIR'],
    roles: ['script', 'macro'],
  },
  {
    how: 'a walk by a pattern',
    body: 'for e in glob::glob("/home/*/.ssh/id_ed25519").unwrap() { e.ok(); }',
    says: ['reads-secret-file *'],
  },
  {
    how: 'the variables of its own process',
    body: 'std::fs::read("/proc/self/environ").ok();',
    says: ['reads-all-variables /proc'],
  },
  {
    how: 'the variables of a process, piece by piece',
    body: 'std::fs::read(std::path::Path::new("/proc").join("self").join("environ")).ok();',
    says: ['reads-all-variables /proc'],
  },
  {
    how: 'the token of a registry',
    body: `${dir} std::fs::read_to_string(d.ancestors().nth(4).unwrap().join("credentials.toml")).ok();`,
    says: ['reads-secret-file credentials.toml'],
  },
  {
    how: 'a key',
    body: 'std::fs::read(std::path::Path::new(&std::env::var("HOME").unwrap()).join(".ssh").join("id_rsa")).ok();',
    says: ['reads-secret-file *'],
  },
];

/** What stays inside, in a build script. */
const inside: readonly Reach[] = [
  { how: 'OUT_DIR', body: `${out} ${write('o.join("a").join("b.rs")')}`, says: ['writes-out-dir ?'] },
  {
    how: 'up to a folder below',
    body: `${out} let p = o.join("a/b.rs"); std::fs::create_dir_all(p.parent().unwrap()).ok(); ${write('&p')}`,
    says: ['writes-out-dir ?'],
  },
  {
    how: 'another folder before',
    body: `let p; if true { p = std::path::PathBuf::from(std::env::var("X").unwrap()); drop(p); } else { p = std::path::PathBuf::from(std::env::var("OUT_DIR").unwrap()); ${write('p.join("x")')} }`,
    says: ['writes-out-dir ?'],
  },
  {
    how: 'the same name in another block',
    body: `for p in ["/usr/include", "/opt"] { drop(p); } if let Ok(p) = std::env::var("OUT_DIR") { ${write('std::path::Path::new(&p).join("x")')} }`,
    says: ['writes-out-dir ?'],
  },
  { how: 'down and up again', body: `${out} ${write('o.join("a/../b.rs")')}`, says: ['writes-out-dir ?'] },
  {
    how: 'the name of what lies outside',
    body: `${out} let n = std::path::Path::new("../x/y.c").file_name().unwrap(); ${write('o.join(n)')}`,
    says: ['writes-out-dir ?'],
  },
  {
    how: 'a suffix that begins with a slash',
    body: write('concat!(env!("OUT_DIR"), "/x.rs")'),
    says: ['writes-out-dir ?'],
  },
  {
    how: 'a formatted suffix',
    body: `${out} let s = "/x.rs"; ${write('format!("{}{}", o.display(), s)')}`,
    says: ['writes-out-dir ?'],
  },
  {
    how: 'a list',
    body: `${out} ${write('[o.to_str().unwrap(), "a", "b.rs"].iter().collect::<std::path::PathBuf>()')}`,
    says: ['writes-out-dir ?'],
  },
  {
    how: 'its own package',
    body: `${dir} ${write('d.join("src").join("made.rs")')}`,
    says: ['writes-package ?'],
  },
  { how: 'a relative path', body: write('"src/made.rs"'), says: ['writes-package src/made.rs'] },
  {
    how: 'the folder it runs in',
    body: write('std::env::current_dir().unwrap().join("src/made.rs")'),
    says: ['writes-package src/made.rs'],
  },
  {
    how: 'moved to OUT_DIR',
    body: `${out} std::env::set_current_dir(&o).ok(); ${write('"x.rs"')}`,
    says: ['writes-out-dir x.rs'],
  },
  {
    how: 'a folder of its own called home',
    body: 'let home_dir = std::env::var("OUT_DIR").unwrap(); std::fs::write(format!("{home_dir}/x"), "").ok();',
    says: ['writes-out-dir ?'],
  },
];

describe('paths that are worked out', () => {
  for (const reach of cases)
    for (const role of reach.roles ?? roles)
      it(`lead out of the package in a ${role}: ${reach.how}`, () => assertReach(reach, role));

  for (const reach of inside)
    it(`stay inside in a build script: ${reach.how}`, () =>
      assertReach(
        { ...reach, never: ['writes *', 'reads-outside *', 'home *', 'reads-secret-file *'] },
        'script',
      ));

  it('lead into whoever is compiled, from a macro', () => {
    const how = 'a macro';
    assertReach(
      { how, body: `${dir} ${write('d.join("build.rs")')}`, says: ['writes $CARGO_MANIFEST_DIR'] },
      'macro',
    );
    assertReach({ how, body: write('"src/lib.rs"'), says: ['writes src/lib.rs'] }, 'macro');
  });

  it('are answered for by whoever hands them to a library', () => {
    const body = 'std::fs::write(path, "").ok();';
    const library = {
      how: 'handed',
      head: 'pub fn g(path: &str) { std::fs::write(path, "").ok(); }',
      body: '',
      says: [],
    };
    assertReach({ ...library, never: ['writes *'] }, 'library');
    assertReach({ how: 'not known', body, says: [], never: ['writes *'] }, 'library');
  });
});
