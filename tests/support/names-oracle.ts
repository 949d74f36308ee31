/**
 * What rustc says that names stand for: a wrapper of rustc has it print the tree of each crate as it is compiled
 * (`-Zunpretty=hir-tree`, which stops before types are checked) and keeps the paths that lead into modules of the
 * standard library.
 */

import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** What rustc says of one crate: a library, or a build script. */
export interface CrateNames {
  /** Its root, as rustc was given it. */
  readonly root: string;
  /** rustc's exit code; only of 0 the rest is whole. */
  readonly code: number | null;
  /** Every file in which a path stands. */
  readonly files: readonly string[];
  readonly found: readonly ResolvedPath[];
}

/** A path that rustc resolved. */
export interface ResolvedPath {
  /** As rustc was given it. */
  readonly file: string;
  /** 1-based, of its first character. */
  readonly line: number;
  readonly column: number;
  /** Whether it stands there itself, rather than in the code that a macro made. */
  readonly plain: boolean;
  /** Its names, as they are written. */
  readonly names: readonly string[];
  /** What it leads to: `std::net::tcp::TcpStream`. */
  readonly to: string;
}

/**
 * Checks all that a package brings in, with the tree of each crate; kept in a folder between runs, and begun anew for another
 * `key`. Throws where cargo fails.
 */
export function askNames(project: string, folder: string, key: string): readonly CrateNames[] {
  const done = join(folder, 'done');
  const answers = join(folder, 'answers');
  if (!existsSync(done) || readFileSync(done, 'utf8') !== key) {
    const target = join(folder, 'target');
    const begun = join(folder, 'begun');
    if (!existsSync(begun) || readFileSync(begun, 'utf8') !== key)
      for (const old of [answers, target, done]) rmSync(old, { recursive: true, force: true });
    mkdirSync(answers, { recursive: true });
    writeFileSync(begun, key);
    const wrapper = join(folder, 'wrapper.sh');
    const script = join(import.meta.dirname, 'names-wrapper.ts');
    writeFileSync(wrapper, `#!/bin/sh\nexec '${process.execPath}' '${script}' "$@"\n`, { mode: 0o755 });
    const { status, stderr } = spawnSync('cargo', ['check', '--locked'], {
      cwd: project,
      encoding: 'utf8',
      maxBuffer: 2 ** 28,
      env: { ...process.env, RUSTC_WRAPPER: wrapper, NAMES_FOLDER: answers, CARGO_TARGET_DIR: target },
    });
    if (status !== 0) throw new Error(`cargo check: ${(stderr ?? '').slice(-2000)}`);
    writeFileSync(done, key);
    rmSync(target, { recursive: true, force: true });
  }
  return readdirSync(answers).map(
    (name) => JSON.parse(readFileSync(join(answers, name), 'utf8')) as CrateNames,
  );
}

/** Reads a tree line by line. */
export class HirReader {
  /** The paths that lead into one of the modules. */
  readonly found: ResolvedPath[] = [];
  /** Every file in which a path stands. */
  readonly files = new Set<string>();
  readonly #open: Open[] = [];
  #isAwaited = false;

  line(text: string): void {
    const trimmed = text.trimStart();
    const indent = text.length - trimmed.length;
    if (/^(?:\w+: )?Path \{$/.test(trimmed)) {
      this.#open.push({ indent, span: '', names: [], to: [], inSegments: false });
      this.#isAwaited = true;
      return;
    }
    const path = this.#open.at(-1);
    if (path === undefined) return;
    if (this.#isAwaited) {
      this.#isAwaited = false;
      path.span = trimmed.startsWith('span: ') ? trimmed.slice(6) : '';
      return;
    }
    if (indent === path.indent && trimmed.startsWith('}')) {
      this.#open.pop();
      this.#closed(path);
    } else if (indent === path.indent + 4 && trimmed === 'segments: [') path.inSegments = true;
    else if (path.inSegments) {
      if (indent === path.indent + 12 && trimmed.startsWith('ident: '))
        path.names.push(trimmed.slice(7).replace(/#\d+,$/, ''));
    } else {
      const [, crate = '', rest = ''] = /^DefId\(\d+:\d+ ~ (\w+)\[\w+\]::(.*)\)/.exec(trimmed) ?? [];
      // `V4::{constructor#0}`.
      if (modules.test(rest) && crates.has(crate)) path.to.push(`std::${rest.replace(/::\{.*/, '')}`);
    }
  }

  #closed({ span, names, to }: Open): void {
    const [, file = '', line = '', column = '', context = ''] =
      /^(.*?):(\d+):(\d+): \d+:\d+ \(#(\d+)\)/.exec(span) ?? [];
    if (file === '') return;
    this.files.add(file);
    for (const one of new Set(to))
      this.found.push({
        file,
        line: Number(line),
        column: Number(column),
        plain: context === '0',
        names,
        to: one,
      });
  }
}

interface Open {
  readonly indent: number;
  span: string;
  readonly names: string[];
  readonly to: string[];
  inSegments: boolean;
}

const crates: ReadonlySet<string> = new Set(['std', 'core', 'alloc']);
const modules = /^(?:process|net|fs|env)(?:::|$)/;
