/**
 * Stands before rustc (`RUSTC_WRAPPER`): compiles as it is asked to, and then asks for the tree of a crate that lies in
 * the registry's sources. What is found goes into the folder that `NAMES_FOLDER` says, a file for each crate root.
 */
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { HirReader } from './names-oracle.ts';

const [, , rustc = 'rustc', ...args] = process.argv;
const root = args.find((one) => /\/registry\/src\/.*\.rs$/.test(one));
const { status } = spawnSync(rustc, args, { stdio: 'inherit' });
if (status === 0 && root !== undefined && process.env.NAMES_FOLDER !== undefined)
  await keep(root, process.env.NAMES_FOLDER);
process.exitCode = status ?? 1;

async function keep(root: string, folder: string): Promise<void> {
  const asked = args.filter((one) => !/^--(?:emit|json|error-format|diagnostic-width)\b/.test(one));
  const child = spawn(rustc, [...asked, '-Zunpretty=hir-tree'], {
    stdio: ['ignore', 'pipe', 'ignore'],
    env: { ...process.env, RUSTC_BOOTSTRAP: '1' },
  });
  const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
  const reader = new HirReader();
  for await (const line of createInterface({ input: child.stdout })) reader.line(line);
  const code = await ended;
  const name = createHash('sha256').update(root).digest('hex').slice(0, 16);
  const answer = { root, code, files: [...reader.files], found: reader.found };
  writeFileSync(join(folder, `${name}.json`), JSON.stringify(answer));
}
