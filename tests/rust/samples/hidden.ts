/**
 * Code that hides what it does, each made a build script, a macro and a helper library alike. All run `touch` at most, on one
 * file of their own (`payload-marker`, see `support/cargo-runs.ts`).
 */
import type { Runnable } from '../../support/cargo-runs.ts';
import { toToml } from '../../support/manifest.ts';

export type HiddenRole = 'script' | 'macro' | 'library';

export interface Hidden {
  readonly how: string;
  /** Items of the crate's root. */
  readonly items?: string;
  /** Statements that run. */
  readonly runs: string;
  /** More files, beside the root. */
  readonly beside?: Readonly<Record<string, string>>;
  /** Default: 2021. */
  readonly edition?: string;
  /** By name in the manifest. */
  readonly dependencies?: Readonly<Record<string, unknown>>;
  /** The package's own build script, for macros and libraries. */
  readonly script?: string;
  /** Default: all. */
  readonly roles?: readonly HiddenRole[];
  /** Capabilities, or `opaque`, of which a review must name one. Default: that a program is run. */
  readonly shown?: readonly string[];
}

/** What runs after a path that stands for `Command::new`. */
export const touch = '("touch").arg("payload-marker").status().ok();';

export interface HiddenSample extends Runnable {
  readonly how: string;
  readonly role: HiddenRole;
  readonly shown: readonly string[];
}

const allRoles: readonly HiddenRole[] = ['script', 'macro', 'library'];

/** The packages of one way to hide; `name` begins theirs. */
export function hiddenSamples(hidden: Hidden, name: string): readonly HiddenSample[] {
  const shown = hidden.shown ?? ['process'];
  return (hidden.roles ?? allRoles).map((role) => ({
    name: `${name}-${role}`,
    how: `${hidden.how}, in a ${role}`,
    role,
    shown,
    ...(role === 'library' ? { used: 'sample::f();' } : {}),
    files: filesOf(hidden, `${name}-${role}`, role),
  }));
}

function filesOf(hidden: Hidden, name: string, role: HiddenRole): Readonly<Record<string, string>> {
  const { items = '', runs, beside = {}, edition = '2021', dependencies = {}, script } = hidden;
  const f = `${role === 'library' ? 'pub ' : ''}fn f() { ${runs} }\n`;
  const root = {
    script: `${items}\n${f}fn main() { f(); }\n`,
    macro: `extern crate proc_macro;\n${items}\n${f}#[proc_macro] pub fn nothing(_: proc_macro::TokenStream) -> proc_macro::TokenStream { f(); proc_macro::TokenStream::new() }\n`,
    library: `${items}\n${f}`,
  }[role];
  const isScript = role === 'script';
  const folder = isScript ? '' : 'src/';
  return {
    'Cargo.toml': toToml({
      package: {
        name,
        version: '0.1.0',
        edition,
        build: isScript || script !== undefined ? 'build.rs' : false,
      },
      lib: { path: 'src/lib.rs', 'proc-macro': role === 'macro' ? true : undefined },
      [isScript ? 'build-dependencies' : 'dependencies']: dependencies,
    }),
    ...(script === undefined || isScript ? {} : { 'build.rs': script }),
    ...(isScript ? { 'src/lib.rs': '' } : {}),
    [isScript ? 'build.rs' : 'src/lib.rs']: root,
    ...Object.fromEntries(Object.entries(beside).map(([path, text]) => [`${folder}${path}`, text])),
  };
}

const crate = (name: string, text: string, more: Readonly<Record<string, unknown>> = {}) => ({
  'Cargo.toml': toToml({ package: { name, version: '1.0.0', edition: '2021' }, ...more }),
  'src/lib.rs': text,
});

/** Small crates of our own with the names of known ones, so that samples can be built offline. */
export const standIns: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  anyhow: crate('anyhow', 'pub struct Error; pub trait Context {} pub fn ok() {}'),
  reqwest: crate(
    'reqwest',
    'pub mod blocking { pub struct Client; impl Client { pub fn new() -> Client { Client } pub fn get(&self, _: &str) {} } }',
  ),
  duct: crate(
    'duct',
    'pub struct Expression(std::process::Command); pub fn cmd(p: &str, a: [&str; 1]) -> Expression { let mut c = std::process::Command::new(p); c.args(a); Expression(c) } impl Expression { pub fn run(mut self) { self.0.status().ok(); } }',
  ),
  paste: crate(
    'paste',
    `extern crate proc_macro;
use proc_macro::{Delimiter, Group, Ident, TokenStream, TokenTree};
#[proc_macro]
pub fn paste(input: TokenStream) -> TokenStream { walk(input) }
fn walk(input: TokenStream) -> TokenStream { input.into_iter().map(one).collect() }
fn one(tree: TokenTree) -> TokenTree {
    let TokenTree::Group(group) = tree else { return tree };
    let inner: Vec<TokenTree> = group.stream().into_iter().collect();
    let sign = |at: Option<&TokenTree>, c| matches!(at, Some(TokenTree::Punct(p)) if p.as_char() == c);
    if group.delimiter() == Delimiter::Bracket && sign(inner.first(), '<') && sign(inner.last(), '>') {
        let names: String = inner[1..inner.len() - 1].iter().map(|t| t.to_string()).collect();
        let name = match names.split_once(":camel") {
            Some((name, _)) => name[..1].to_uppercase() + &name[1..],
            None => names,
        };
        return TokenTree::Ident(Ident::new(&name, group.span()));
    }
    TokenTree::Group(Group::new(group.delimiter(), walk(group.stream())))
}
`,
    { lib: { 'proc-macro': true } },
  ),
};
