import { type Language, languageOf } from './language.ts';

/**
 * What a file is to a build: a script that something may run, source that a compiler or linker takes, an object that only a linker
 * takes, or data. `text` says whether people can read it.
 */
export type FileKind =
  | { readonly kind: 'script'; readonly language: Language }
  | { readonly kind: 'source' }
  | { readonly kind: 'object' }
  | { readonly kind: 'data'; readonly text: boolean };

const byExtension: Readonly<Record<string, Language>> = {
  ...named('sh bash zsh ksh dash csh fish command', 'shell'),
  ...named('mk mak make', 'make'),
  ...named('cmake', 'cmake'),
  ...named('py pyw', 'python'),
  ...named('pl pm t', 'perl'),
  ...named('rb', 'ruby'),
  ...named('js mjs cjs ts', 'node'),
  ...named('ps1 psm1 psd1', 'powershell'),
  ...named('bat cmd', 'batch'),
  ...named('ninja', 'ninja'),
  ...named('m4 ac', 'm4'),
  ...named('lua', 'lua'),
  ...named('php', 'php'),
  ...named('tcl', 'tcl'),
  ...named('awk', 'awk'),
  ...named('r', 'r'),
  ...named('jl', 'julia'),
  ...named('scpt applescript', 'applescript'),
  ...named('vbs wsf', 'script-host'),
  ...named('am sed nix el scm', 'other-script'),
};
const byName: Readonly<Record<string, Language>> = {
  ...named('configure config config.guess config.sub bootstrap autogen install-sh build', 'shell'),
  ...named('makefile gnumakefile bsdmakefile makefile.in makefile.am', 'make'),
  ...named('cmakelists.txt', 'cmake'),
  ...named('meson.build meson.options meson_options.txt', 'meson'),
  ...named('sconstruct sconscript wscript waf', 'python'),
  ...named('rakefile', 'ruby'),
  ...named('configure.in', 'm4'),
  ...named('justfile .justfile dockerfile containerfile package.json', 'other-script'),
};

const sources =
  /\.(?:c|cc|cpp|cxx|c\+\+|h|hh|hpp|hxx|h\+\+|inc|inl|ipp|tpp|m|mm|s|asm|nasm|cu|cuh|cl|def|ld|lds|x|map|ver|syms?|exports|rc|idl|swift|f|f90|for|metal|proto|capnp|fbs|thrift|lalrpop|pest|peg|udl|y|l|ll|td)$/i;
const objects = /\.(?:o|obj|a|lib|so(?:\.\d+)*|dylib|dll|tbd|rlib|rmeta|bc|pdb|winmd|exp|res)$/i;
const wraps = /\.wrap$/;

/** What a file is, by its name and, where that says nothing, by its first bytes. */
export function fileKind(path: string, bytes: Uint8Array): FileKind {
  const name = path.slice(path.lastIndexOf('/') + 1).toLowerCase();
  const plain = name.replace(/\.(?:in|cmakein)$/, '');
  const extension = plain.includes('.') ? plain.slice(plain.lastIndexOf('.') + 1) : '';
  const first = ofFirstLine(bytes);
  if (first !== undefined) return { kind: 'script', language: first };
  const language = own(byName, name) ?? own(byName, plain) ?? own(byExtension, extension);
  // Cargo's own configuration, from before it had an ending.
  if (/(?:^|\/)\.cargo\/config$/.test(path)) return { kind: 'data', text: isText(bytes) };
  if (wraps.test(name)) return { kind: 'script', language: 'meson' };
  if (objects.test(name)) return { kind: 'object' };
  const text = isText(bytes);
  if (language !== undefined && text) return { kind: 'script', language };
  if (sources.test(plain) && text) return { kind: 'source' };
  return { kind: 'data', text: text && !isEncodedText(bytes) };
}

/** `#!/usr/bin/env python3` is Python, whatever the file is called. */
function ofFirstLine(bytes: Uint8Array): Language | undefined {
  if (bytes[0] !== 0x23 || bytes[1] !== 0x21) return undefined;
  const line = latin1(bytes.subarray(2, 160)).split('\n')[0] ?? '';
  const words = line
    .trim()
    .split(/\s+/)
    .filter((word) => !word.startsWith('-') && !word.includes('='));
  const program = words.map((word) => word.slice(word.lastIndexOf('/') + 1)).find((word) => word !== 'env');
  return program === 'make' ? 'make' : (languageOf((program ?? '').toLowerCase()) ?? 'other-script');
}

const looked = 8192;

/** Whether it is UTF-8 or Latin text without control characters, by its beginning. */
function isText(bytes: Uint8Array): boolean {
  const end = Math.min(bytes.length, looked);
  for (let at = 0; at < end; at++) {
    const byte = bytes[at] ?? 0;
    if (byte < 9 || (byte > 13 && byte < 32 && byte !== 27)) return false;
  }
  return true;
}

/** Whether lines of its beginning are of an alphabet that encodes: base64, hexadecimal digits. */
function isEncodedText(bytes: Uint8Array): boolean {
  const lines = latin1(bytes.subarray(0, looked)).split(/\r?\n/);
  const long = lines.filter((line) => line.length >= 60);
  if (long.length === 0) return false;
  const encoded = long.filter((line) => /^[A-Za-z0-9+/_=-]{60,}$/.test(line) && /\d/.test(line));
  return encoded.length * 2 > long.length;
}

function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
}

function named(names: string, language: Language): Readonly<Record<string, Language>> {
  return Object.fromEntries(names.split(' ').map((name) => [name, language]));
}

function own(table: Readonly<Record<string, Language>>, key: string): Language | undefined {
  return Object.hasOwn(table, key) ? table[key] : undefined;
}
