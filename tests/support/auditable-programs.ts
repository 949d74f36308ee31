/**
 * Programs with the list that cargo-auditable puts into them for a real project. Nothing of the project is compiled:
 * cargo-auditable is asked as cargo asks it for the last step of a build, to compile and link the project's program,
 * and given a `main` that does nothing. Its list it makes of what `cargo metadata` says of the project, as ever.
 */
import { execFile, execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { cargoPeer } from './peers.ts';

const run = promisify(execFile);

export interface AuditableProject {
  readonly name: string;
  /** With its `Cargo.toml` and `Cargo.lock`. */
  readonly folder: string;
}

/** Writes a project's program into a folder, and returns its path. Throws what cargo-auditable or cargo says. */
export async function auditableProgram({ name, folder }: AuditableProject, into: string): Promise<string> {
  const program = await cargoPeer('cargo-auditable', '0.7.7', []);
  // Its own toolchain, whichever one the project asks rustup for.
  const bin = join(execFileSync('rustc', ['--print', 'sysroot'], { encoding: 'utf8' }).trim(), 'bin');
  const output = join(into, `${name}.out`);
  mkdirSync(output, { recursive: true });
  const main = join(output, 'main.rs');
  writeFileSync(main, 'fn main() {}\n');
  const crate = name.replaceAll('-', '_');
  const words = [
    '--crate-name',
    crate,
    main,
    '--crate-type',
    'bin',
    '--edition',
    '2021',
    '--out-dir',
    output,
  ];
  const rustc = [join(bin, 'rustc'), ...words, '--cfg', 'feature="default"', '-Cstrip=debuginfo'];
  await run('nice', [program, ...rustc], {
    maxBuffer: 1 << 26,
    env: {
      ...process.env,
      CARGO: join(bin, 'cargo'),
      CARGO_AUDITABLE_ORIG_ARGS: JSON.stringify({ offline: false, locked: true, frozen: false, config: [] }),
      CARGO_MANIFEST_DIR: folder,
      CARGO_PRIMARY_PACKAGE: '1',
      RUSTC: join(bin, 'rustc'),
    },
  });
  const written = join(into, name);
  copyFileSync(join(output, crate), written);
  return written;
}
