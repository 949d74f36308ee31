import { execFile } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** A database with an advisory about every release of each crate: what cargo-audit finds in a binary, it then says. */
export function everything(folder: string, crates: Iterable<string>): string {
  const database = join(folder, 'everything');
  rmSync(database, { recursive: true, force: true });
  let number = 0;
  for (const crate of crates) {
    const id = `RUSTSEC-2026-${String(++number).padStart(4, '0')}`;
    mkdirSync(join(database, 'crates', crate), { recursive: true });
    writeFileSync(
      join(database, 'crates', crate, `${id}.md`),
      `\`\`\`toml\n[advisory]\nid = "${id}"\npackage = "${crate}"\ndate = "2026-01-01"\n\n[versions]\npatched = []\n\`\`\`\n\n# Is there\n\nNothing more.\n`,
    );
  }
  return database;
}

/** Releases that `cargo audit bin` finds in a program, `name version` each. */
export async function foundByAudit(
  program: string,
  database: string,
  binary: string,
): Promise<ReadonlySet<string>> {
  const args = ['audit', '--no-fetch', '--stale', '--json', '--db', database, 'bin', binary];
  // It ends with 1 where it finds something, and with 2 and this where it finds none.
  const { stdout, stderr } = await run(program, args, { maxBuffer: 1 << 28 }).catch(
    (error: unknown) => error as { stdout: string; stderr: string },
  );
  if (stdout === '' && stderr.includes('No dependency information found')) return new Set();
  if (stdout === '') throw new Error(`cargo-audit: ${stderr}`);
  const report = JSON.parse(stdout) as {
    readonly vulnerabilities: { readonly list: readonly { package: { name: string; version: string } }[] };
  };
  return new Set(report.vulnerabilities.list.map(({ package: { name, version } }) => `${name} ${version}`));
}
