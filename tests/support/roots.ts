/** Root folders with a distribution's database of packages, and a process that lives in one and has files of it mapped. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { TestContext } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { testCache } from './peers.ts';
import { tempDir } from './temp.ts';

/** Why there can be none here: a root of its own is given by the superuser, and the mapper is compiled. */
export const rootless =
  process.platform !== 'linux' || process.getuid?.() !== 0 || !existsSync('/usr/bin/cc')
    ? 'needs Linux, root and a C compiler'
    : false;

/** Maps files with the right to run them, says so, and waits; without a loader, so that it runs in an empty root. */
const mapper = `
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>
int main(int count, char **names) {
  for (int i = 1; i < count; i++) {
    int file = open(names[i], O_RDONLY);
    if (file < 0 || mmap(0, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE, file, 0) == MAP_FAILED) return 1;
    close(file);
  }
  write(1, "mapped\\n", 7);
  for (;;) pause();
}
`;

/** The mapper, compiled once. */
export function mapperAt(path: string): void {
  const kept = join(testCache, 'mapper-1', 'mapper');
  if (!existsSync(kept)) {
    mkdirSync(dirname(kept), { recursive: true });
    const source = join(dirname(kept), 'mapper.c');
    writeFileSync(source, mapper);
    execFileSync('cc', ['-static', '-O1', '-o', `${kept}.${process.pid}`, source]);
    execFileSync('mv', [`${kept}.${process.pid}`, kept]);
  }
  mkdirSync(dirname(path), { recursive: true });
  copyFileSync(kept, path);
}

/** A root with files: their texts by their paths. */
export function makeRoot(t: TestContext, files: Readonly<Record<string, string>>): string {
  const root = tempDir(t);
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return root;
}

/** Starts the mapper in a root with some of its files; it ends with the test. */
export async function mapIn(
  t: TestContext,
  root: string,
  files: readonly string[],
): Promise<ChildProcess & { readonly pid: number }> {
  if (!existsSync(join(root, 'opt/mapper'))) mapperAt(join(root, 'opt/mapper'));
  const args = root === '/' ? ['/opt/mapper', ...files] : [root, '/opt/mapper', ...files];
  const child = spawn('chroot', args, { stdio: ['ignore', 'pipe', 'inherit'] });
  t.after(() => void child.kill('SIGKILL'));
  await new Promise<void>((done, fail) => {
    child.stdout?.once('data', () => done());
    child.once('exit', (code) => fail(new Error(`the mapper ended with ${code}`)));
  });
  // Sound: it has said something.
  return child as ChildProcess & { readonly pid: number };
}

/**
 * What rpm 4.18 wrote for openssl-libs 1:3.0.7-27.el9, which has /usr/lib64/libssl.so.3 and
 * /usr/lib64/ossl/libssl.so.3: the header, compressed.
 */
const header =
  'H4sIAAAAAAACA6WVP2wcRRTG584XcEKiGEGAIAo3SLaU25ud3Z2ZRUIEHIItITBKQEYKkNn546w4+063Z+tAaUyFEBU0qahSIkFBQYFQGqgoU1BQgARSEgIBESEKsJnd+ZwYt4zu7exvvjdv38zO2yOEPEnI1BVCyFPe7vX3x30/4814myahtfz4Nd/f460Nvg4+Cr4BPgb+2fcdb4+Bb/r+oLdZ8C/gx8G/wn8OfAvxToB/h07Bf0JPwX8hHgf/A/0Z8DZ4MXCng3jLYU2dWpvytgI+CD4HPgT/8+D7sD8XwIfBN8BH4H8TfBT6bfAMeBv8YMivNY38joX5rTnoDwf/FgU/Av1syLNzHPp58KPgT8BziP8V4j+H+d8g3iL4KngJ878Dr0D/Hvwq9Gvgc0FvT4NfC3p7Bvw6eHc9Rcin/SzyMeDnwRb8EtiBXwH3wSvgMZ7fR/wN8Bi8iedfDP4PfAj9XfDXiPc++Ef4fwD+Cf5Xwdehfxu41Qr6FM5r6wDqiYZ6ah0J8adOQr8fXOJ8/ob5H2M9BzD+KfJ/CPpn0FfBn4MvgL+oeYEMhna9qvrdfllUJIloJAgTke3nTT03oxNC3jzc29pca2q8MyEvr1dDq0tXWkP65frGhEwkf4OnjV7XfXvr8tblGup5tUmRMul0xpikiUliyjMrCm0T7WjibCoymnOexDazVBSFEYo6YznVqXYs04L87wB322gwGO+/7O5CswHdsAFRNdLRaNisegftP7u1F+b8DnR5Oh82+dCu+elenVsYrA1HtqqsOV327QtqzVbzBFo9cqpctdX47tiyeqs/UI1ztag27fLIunIy37yftBuTNOIRbfpwjWVE8f29Y20st66z6fiJvSsj+/BOa9531Y+qQZSQvfe9jWrU8wM87e29H3iHHum+yGa7q0QPywFZfbsckhznoWtsUar1bjgj+9vTZxaWlmbHdjIOeW6MXVcSoXiRG8EZY04kVhlltBMiF1SZzMZSxzI2knKpEsXyrIh5qrnQlMcssUnBQ6z6zUtrc8clz1Ke54bRvEiY5KpQNk6UZJQnOXdMmrjwP6tF4URhaEKdVIzs/tHt7Px9BX90vgz/+Gj71g/vnYlOv3Ny/tKX2akTRcqVtkZLTU3OY0cVzZI8FSzJFLX1Q2Lpz21KdKyZyzVNpHBOxYZzbkWSMSF4lhlrlGPaZP7wOm20Uj75PItFkVHNNfUNtYTXdKn+Vtf8L1L8mbCYBwAA';

/** Writes rpm's database with that package, in the tables that rpm 4.18 makes. */
export function rpmDatabase(path: string, { wal = false } = {}): DatabaseSync {
  mkdirSync(dirname(path), { recursive: true });
  const database = new DatabaseSync(path);
  if (wal) database.exec('pragma journal_mode = wal');
  database.exec(`
    CREATE TABLE 'Packages' (hnum INTEGER PRIMARY KEY AUTOINCREMENT,blob BLOB NOT NULL);
    CREATE TABLE 'Basenames' (key 'TEXT' NOT NULL, hnum INTEGER NOT NULL, idx INTEGER NOT NULL, FOREIGN KEY (hnum) REFERENCES 'Packages'(hnum));
    CREATE INDEX 'Basenames_key_idx' ON 'Basenames'(key ASC)`);
  database
    .prepare('insert into Packages (hnum, blob) values (2, ?)')
    .run(gunzipSync(Buffer.from(header, 'base64')));
  database.exec("insert into Basenames values ('libssl.so.3', 2, 0), ('libssl.so.3', 2, 1)");
  return database;
}

/**
 * What mounts something until the test ends; where that is not allowed here, the test is left out and it says false. It
 * is asked for before the folders are made: those are removed after what is mounted in them.
 */
export function mounting(t: TestContext): (args: readonly string[], at: string) => boolean {
  const all: string[] = [];
  t.after(() => {
    for (const at of all.reverse()) execFileSync('umount', ['--lazy', at]);
  });
  return (args, at) => {
    try {
      execFileSync('mount', args, { stdio: 'ignore' });
    } catch {
      t.skip('nothing may be mounted here');
      return false;
    }
    all.push(at);
    return true;
  };
}
