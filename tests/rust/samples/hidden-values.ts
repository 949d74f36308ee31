/** Programs that are named like a compiler, and are another one once they run: by what the crate's own code makes of the name. */
import type { Hidden } from './hidden.ts';

/** Runs the program that an expression gives. */
const run = (program: string) =>
  `std::process::Command::new(${program}).arg("payload-marker").status().ok();`;
const own = "struct Tool(&'static str);";

const row = (how: string, runs: string, items = ''): Hidden => ({ how, runs, items });

/** Each runs `touch`, and names `cc` or `$CC` as well. */
export const hiddenValues: readonly Hidden[] = [
  row(
    '`AsRef` of its own type',
    run('Tool("cc")'),
    `${own} impl AsRef<std::ffi::OsStr> for Tool { fn as_ref(&self) -> &std::ffi::OsStr { let _ = self.0; std::ffi::OsStr::new("touch") } }`,
  ),
  row(
    '`Deref`',
    run('&*Tool("cc")'),
    `${own} impl std::ops::Deref for Tool { type Target = str; fn deref(&self) -> &str { let _ = self.0; "touch" } }`,
  ),
  row(
    'an index',
    run('&Tool["cc"]'),
    'struct Tool; impl std::ops::Index<&str> for Tool { type Output = str; fn index(&self, _: &str) -> &str { "touch" } }',
  ),
  row(
    'an operator',
    run('!Tool("cc")'),
    `${own} impl std::ops::Not for Tool { type Output = &'static str; fn not(self) -> &'static str { let _ = self.0; "touch" } }`,
  ),
  row(
    '`Into`',
    `let s: String = Tool("cc").into(); ${run('s')}`,
    `${own} impl From<Tool> for String { fn from(_: Tool) -> String { "touch".into() } }`,
  ),
  row(
    '`FromStr`',
    `let t: Tool = "cc".parse().unwrap(); ${run('t.0')}`,
    `${own} impl std::str::FromStr for Tool { type Err = (); fn from_str(_: &str) -> Result<Self, ()> { Ok(Tool("touch")) } }`,
  ),
  row(
    '`Display`',
    run('format!("{}", Tool("cc"))'),
    `${own} impl std::fmt::Display for Tool { fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result { let _ = self.0; f.write_str("touch") } }`,
  ),
  row(
    '`Display`, as a text',
    run('Tool("cc").to_string()'),
    `${own} impl std::fmt::Display for Tool { fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result { let _ = self.0; write!(f, "to")?; f.pad("uch") } }`,
  ),
  row(
    'an iterator of its own',
    run('Tool("cc").next().unwrap()'),
    `${own} impl Iterator for Tool { type Item = &'static str; fn next(&mut self) -> Option<&'static str> { Some("touch") } }`,
  ),
  row(
    'a macro called `concat!`',
    run('concat!("cc")'),
    'macro_rules! concat { ($a:literal) => { "touch" } }',
  ),
  row(
    'a macro called `format!`',
    run('format!("cc")'),
    'macro_rules! format { ($a:literal) => { "touch" } }',
  ),
  row('a macro called `env!`', run('env!("CC")'), 'macro_rules! env { ($a:literal) => { "touch" } }'),
  row(
    'a module called `env`',
    run('env::var("CC").unwrap()'),
    'mod env { pub fn var(_: &str) -> Result<String, ()> { Ok("touch".to_string()) } }',
  ),
  row(
    'a macro that is given the name',
    run('p!("cc")'),
    'macro_rules! p { ($x:expr) => { { let _ = $x; "touch" } } }',
  ),
  row(
    'a pair that is assigned',
    `let mut p = "cc"; let _ = p; let q; (p, q) = ("touch", 1); let _ = q; ${run('p')}`,
  ),
  row('a list that is assigned', `let mut p = "cc"; let _ = p; [p] = ["touch"]; ${run('p')}`),
  row(
    'a struct that is assigned',
    `let mut p = "cc"; let _ = p; S { x: p } = S { x: "touch" }; ${run('p')}`,
    `struct S { x: &'static str }`,
  ),
  row(
    'a tuple struct that is assigned',
    `let mut p = "cc"; let _ = p; S(p, _) = S("touch", 1); ${run('p')}`,
    `struct S(&'static str, u8);`,
  ),
  row('a reference that stands there', `let mut p = "cc"; *(&mut p) = "touch"; ${run('p')}`),
  row('a pointer', `let mut p = "cc"; unsafe { std::ptr::write(&mut p, "touch"); } ${run('p')}`),
  row('a raw pointer', `let mut p = "cc"; unsafe { (&raw mut p).write("touch"); } ${run('p')}`),
  row('`addr_of_mut!`', `let mut p = "cc"; unsafe { *std::ptr::addr_of_mut!(p) = "touch"; } ${run('p')}`),
  row('a loop over references', `let mut p = "cc"; for x in [&mut p] { *x = "touch"; } ${run('p')}`),
  row('`iter_mut`', `let mut p = ["cc"]; for x in p.iter_mut() { *x = "touch"; } ${run('p[0]')}`),
  row('`for_each`', `let mut p = ["cc"]; p.iter_mut().for_each(|x| *x = "touch"); ${run('p[0]')}`),
  row('`fill`', `let mut p = ["cc"]; p.fill("touch"); ${run('p[0]')}`),
  row(
    '`get_or_insert`',
    `let mut p = None; p.get_or_insert("touch"); if p.is_none() { p = Some("cc"); } ${run('p.unwrap()')}`,
  ),
  row(
    '`ref mut`',
    `let mut p = Some("cc"); if let Some(ref mut x) = p { *x = "touch"; } ${run('p.unwrap()')}`,
  ),
  row(
    'a part that is borrowed',
    `let mut p = Some("cc"); if let Some(x) = &mut p { *x = "touch"; } ${run('p.unwrap()')}`,
  ),
  row('a part of a tuple', `let mut s = ("cc", 1); s.0 = "touch"; ${run('s.0')}`),
  row(
    'a static, by a pointer',
    `unsafe { *(&raw mut P) = "touch"; } ${run('unsafe { P }')}`,
    'static mut P: &str = "cc";',
  ),
  row(
    'a channel',
    `let (a, b) = std::sync::mpsc::channel(); a.send("touch").unwrap(); ${run('b.recv().unwrap_or("cc")')}`,
  ),
  row('a thread', `let p = std::thread::spawn(|| "touch").join().unwrap_or("cc"); ${run('p')}`),
  row(
    'a table of functions',
    `let t: [(&str, fn() -> &'static str); 1] = [("cc", tool)]; ${run('(t[0].1)()')}`,
    `fn tool() -> &'static str { "touch" }`,
  ),
  row(
    'a closure in a box',
    `let t: Box<dyn Fn(&str) -> &'static str> = Box::new(|_| "touch"); ${run('t("cc")')}`,
  ),
  row(
    'a closure that a function gives',
    run('maker()("cc")'),
    `fn maker() -> impl Fn(&str) -> &'static str { |_| "touch" }`,
  ),
  row(
    'a closure that is handed on',
    'go(|_| "touch");',
    `fn go(f: impl FnOnce(&str) -> &'static str) { ${run('f("cc")')} }`,
  ),
  row(
    'a function that is handed on',
    'go(tool);',
    `fn tool(_: &str) -> &'static str { "touch" } fn go(f: fn(&str) -> &'static str) { ${run('f("cc")')} }`,
  ),
  row(
    'an object of a trait',
    'go(&T);',
    `trait R { fn r(&self, _: &str) -> &'static str { "cc" } } struct T; impl R for T { fn r(&self, _: &str) -> &'static str { "touch" } } fn go(f: &dyn R) { ${run('f.r("cc")')} }`,
  ),
  row(
    'a function of a parameter',
    'go::<T>();',
    `trait R { fn r(_: &str) -> &'static str { "cc" } } struct T; impl R for T { fn r(_: &str) -> &'static str { "touch" } } fn go<X: R>() { ${run('X::r("cc")')} }`,
  ),
  row('`clone_from`', `let mut p = String::from("cc"); p.clone_from(&"touch".to_string()); ${run('p')}`),
  row('`clone_into`', `let mut p = String::from("cc"); "touch".clone_into(&mut p); ${run('p')}`),
  row(
    '`Rc::get_mut`',
    `let mut p = std::rc::Rc::new("cc"); *std::rc::Rc::get_mut(&mut p).unwrap() = "touch"; ${run('*p')}`,
  ),
  row(
    '`Rc::make_mut`',
    `let mut p = std::rc::Rc::new("cc"); *std::rc::Rc::make_mut(&mut p) = "touch"; ${run('*p')}`,
  ),
  row('a place in a list', `let mut a = ["cc"]; a[0] = "touch"; ${run('a[0]')}`),
  row('`last_mut`', `let mut a = vec!["cc"]; if let Some(x) = a.last_mut() { *x = "touch"; } ${run('a[0]')}`),
  row(
    'a `drop` of its own',
    `{ let _d = D; } ${run('P.lock().unwrap().clone()')}`,
    'static P: std::sync::Mutex<&str> = std::sync::Mutex::new("cc"); struct D; impl Drop for D { fn drop(&mut self) { *P.lock().unwrap() = "touch"; } }',
  ),
  row(
    'a method of its own',
    `let mut s = S { p: "cc" }; s.set(); ${run('s.p')}`,
    `struct S { p: &'static str } impl S { fn set(&mut self) { self.p = "touch"; } }`,
  ),
  row(
    '`+=` of its own type',
    `let mut t = Tool("cc"); t += "x"; ${run('t.0')}`,
    `${own} impl std::ops::AddAssign<&str> for Tool { fn add_assign(&mut self, _: &str) { self.0 = "touch"; } }`,
  ),
  row(
    '`values_mut`',
    `let mut m = std::collections::BTreeMap::from([("k","cc")]); m.values_mut().for_each(|v| *v = "touch"); ${run('m["k"]')}`,
  ),
  row(
    '`and_modify`',
    `let mut m = std::collections::BTreeMap::from([("k","cc")]); m.entry("k").and_modify(|v| *v = "touch"); ${run('m["k"]')}`,
  ),
  row(
    'a `clone` of its own',
    run('Tool("cc").clone().0'),
    `${own} impl Clone for Tool { fn clone(&self) -> Tool { let _ = self.0; Tool("touch") } }`,
  ),
];
