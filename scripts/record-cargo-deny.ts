/**
 * Asks cargo-deny about the crates of tests/facts/license/deny-cases.ts and writes its answers beside them, where
 * tests/facts/license/cargo-deny.test.ts reads them. Run again after a change of either: `node scripts/record-cargo-deny.ts`.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type DenyCase, denyCasePolicies, denyCases } from '../tests/facts/license/deny-cases.ts';
import { denyErrors, denyList, denyVersion } from '../tests/support/cargo-deny.ts';
import { peer } from '../tests/support/peers.ts';

const folder = mkdtempSync(join(tmpdir(), 'record-cargo-deny-'));
try {
  writeProject(folder);
  execFileSync('cargo', ['generate-lockfile', '--offline'], { cwd: folder });
  const program = await peer('cargo-deny', denyVersion);
  const listed = await denyList({ program, folder, config: '' });
  const licenses = denyCases.map(({ name }) => [name, listed.get(`${name} 0.1.0`) ?? []]);
  const refused: Record<string, string[]> = {};
  for (const { name, deny } of denyCasePolicies) {
    const config = `[licenses]\n${deny}\n`;
    const errors = await denyErrors({ program, folder, config }, ['licenses']);
    refused[name] = denyCases.map((one) => one.name).filter((one) => errors.has(`${one} 0.1.0`));
  }
  writeFileSync(
    join(import.meta.dirname, '../tests/facts/license/deny-answers.json'),
    `${JSON.stringify({ version: denyVersion, licenses: Object.fromEntries(licenses), refused }, null, 2)}\n`,
  );
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** An application that depends on every case by path: the crates need no registry. */
function writeProject(root: string): void {
  const dependencies = denyCases.map(({ name }) => `${name} = { path = "${name}", version = "0.1.0" }`);
  write(
    join(root, 'Cargo.toml'),
    `${manifest({ name: 'app', license: 'MIT' })}\n[dependencies]\n${dependencies.join('\n')}\n`,
  );
  write(join(root, 'src/lib.rs'), '');
  for (const one of denyCases) {
    write(join(root, one.name, 'Cargo.toml'), manifest(one));
    write(join(root, one.name, 'src/lib.rs'), '');
    for (const [path, text] of Object.entries(one.files ?? {})) write(join(root, one.name, path), text);
  }
}

function manifest({ name, license, licenseFile }: DenyCase): string {
  const lines = ['[package]', `name = "${name}"`, 'version = "0.1.0"', 'edition = "2021"'];
  if (license !== undefined) lines.push(`license = ${JSON.stringify(license)}`);
  if (licenseFile !== undefined) lines.push(`license-file = ${JSON.stringify(licenseFile)}`);
  return `${lines.join('\n')}\n`;
}

function write(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}
