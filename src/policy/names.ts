import { z } from 'zod';
import { targetTriples } from '../cargo/cfg/target.ts';
import { isCrateName } from '../cargo/index-path.ts';
import { nearest } from './toml.ts';

// Names that a policy gives: one that nothing can have would match nothing, and nobody would notice.

/** The name of a crate, as a setting. */
export const crateName = z.string().superRefine((text, context) => {
  if (!isCrateName(text)) refuse(context, text, 'is a name that no crate can have', crateMeant(text));
});

/** A crate, or a file of the project: what waivers are about. */
export const crateOrFile = z.string().superRefine((text, context) => {
  const isFile = /[/.]/.test(text) && text === text.trim();
  if (!isFile && !isCrateName(text))
    refuse(context, text, 'is neither a crate’s name nor a file of the project', crateMeant(text));
});

/** A registry: `crates.io`, or the address of its index. */
export const registryAddress = z.string().superRefine((text, context) => {
  if (text === 'crates.io') return;
  if (/^(crates[-_. ]?io|crates)$/i.test(text.trim()))
    return refuse(context, text, 'names no registry', 'crates.io');
  const address = text.replace(/^(?:sparse|registry)\+/, '');
  if (!isAddress(address)) refuse(context, text, 'is no address of a registry', addressMeant(address));
});

/** A git repository, or the start of several that ends in `/`. */
export const gitAddress = z.string().superRefine((text, context) => {
  const address = text.replace(/^git\+/, '');
  if (!isAddress(address))
    refuse(context, text, 'is no address that Cargo.lock can have for a repository', addressMeant(address));
  else if (/[?#]/.test(address))
    refuse(context, text, 'is not the address alone', address.replace(/[?#].*$/s, ''));
});

/** A target of rustc. */
export const targetTriple = z.string().superRefine((text, context) => {
  if (!targetTriples().includes(text)) refuse(context, text, 'is no target of rustc', targetMeant(text));
});

/** What cargo takes as `--target`: such a target, or a JSON file that describes one. */
export const buildTarget = z.string().superRefine((text, context) => {
  const isFile = /^(?![/\\]|[A-Za-z]:)\S[^*?]*\.json$/.test(text) && !/(?:^|[/\\])\.\.(?:[/\\]|$)/.test(text);
  if (!isFile && !targetTriples().includes(text))
    refuse(context, text, 'is no target of rustc', targetMeant(text));
});

function refuse(context: z.RefinementCtx, text: string, why: string, meant: string | undefined): void {
  const hint = meant === undefined || meant === text ? '' : `; did you mean ${JSON.stringify(meant)}?`;
  context.addIssue({ code: 'custom', message: `${JSON.stringify(text)} ${why}${hint}` });
}

/** `open ssl` → `open-ssl`, `serde@1` and `serde = "1"` → `serde`. */
function crateMeant(text: string): string | undefined {
  const name = text
    .trim()
    .replace(/^(?:crate|crates\.io)[:/]/i, '')
    .replace(/(?:@|\s*=|\s+v?\d|:).*$/s, '')
    .replaceAll(/[\s.]+/g, '-')
    .replaceAll(/[^\w-]/g, '')
    .replace(/^[-\d]+|-+$/g, '');
  return isCrateName(name) ? name : undefined;
}

/** With a scheme, a host and no spaces around it: what cargo writes into a lockfile. */
function isAddress(text: string): boolean {
  const url = /^[a-z][a-z0-9+.-]*:\/\//i.test(text) && !/\s/.test(text) ? URL.parse(text) : null;
  return url !== null && (url.protocol === 'file:' || url.hostname !== '');
}

/** `git@host:a/b.git` → `ssh://git@host/a/b.git`, `host/a/b` → `https://host/a/b`. */
function addressMeant(text: string): string | undefined {
  const trimmed = text.trim();
  const scp = /^(?:([\w.-]+)@)?([\w-]+(?:\.[\w-]+)+):(?!\/\/)\/?(.+)$/.exec(trimmed);
  const meant =
    scp !== null
      ? `ssh://${scp[1] === undefined ? '' : `${scp[1]}@`}${scp[2]}/${scp[3]}`
      : trimmed.startsWith('/')
        ? `file://${trimmed}`
        : /^[\w-]+(?:\.[\w-]+)+(?::\d+)?\//.test(trimmed)
          ? `https://${trimmed}`
          : /^[\w.-]+\/[\w.-]+$/.test(trimmed)
            ? `https://github.com/${trimmed}`
            : trimmed;
  return isAddress(meant) ? meant : undefined;
}

/** The target with the most of the words that were written, the commonest first; else the one written most alike. */
function targetMeant(text: string): string | undefined {
  const triples = targetTriples();
  const bare = (name: string) => name.toLowerCase().replaceAll(/[-_ ]+/g, '');
  const same = triples.find((triple) => bare(triple) === bare(text));
  if (same !== undefined) return same;
  const words = text
    .trim()
    .toLowerCase()
    .split(/[-_ ./]+/)
    .map((word) => spellings[word] ?? word);
  const scored = triples.map((triple) => {
    const parts = new Set(triple.split('-').flatMap((part) => [part, ...part.split('_')]));
    return { triple, score: words.filter((word) => parts.has(word)).length + (usual.has(triple) ? 0.5 : 0) };
  });
  const best = scored.reduce((a, b) => (b.score > a.score ? b : a));
  return best.score >= Math.max(1.5, words.length * 0.5) ? best.triple : nearest(text.trim(), triples);
}

const spellings: Readonly<Record<string, string>> = {
  amd64: 'x86_64',
  x64: 'x86_64',
  arm64: 'aarch64',
  i386: 'i686',
  x86: 'i686',
  wasi: 'wasip1',
  mingw: 'gnu',
  macos: 'darwin',
  osx: 'darwin',
  mac: 'darwin',
  win: 'windows',
  win64: 'windows',
  win32: 'windows',
};
const usual: ReadonlySet<string> = new Set([
  'x86_64-unknown-linux-gnu',
  'aarch64-unknown-linux-gnu',
  'x86_64-apple-darwin',
  'aarch64-apple-darwin',
  'x86_64-pc-windows-msvc',
  'aarch64-pc-windows-msvc',
  'wasm32-unknown-unknown',
]);
