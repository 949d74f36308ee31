/** Makes `dist`: what an installed package holds. Run by `npm pack`. */
import { spawnSync } from 'node:child_process';
import { cpSync, globSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import packageJson from '../package.json' with { type: 'json' };

const root = join(import.meta.dirname, '..');
const dist = join(root, 'dist');

rmSync(dist, { recursive: true, force: true });
const tsc = join(root, 'node_modules', '.bin', 'tsc');
const { status } = spawnSync(process.execPath, [tsc, '--project', 'scripts/package.tsconfig.json'], {
  cwd: root,
  stdio: 'inherit',
});
if (status !== 0) process.exit(status ?? 1);
const vite = join(root, 'node_modules', 'vite', 'bin', 'vite.js');
const pages = spawnSync(process.execPath, [vite, 'build', join(root, 'web'), '--logLevel', 'warn'], {
  stdio: 'inherit',
});
if (pages.status !== 0) process.exit(pages.status ?? 1);
cpSync(join(root, 'web', 'dist'), join(dist, 'web', 'dist'), { recursive: true });
// The compiler brings no data but JSON.
const data = globSync('src/**/*.br', { cwd: root });
for (const file of ['safeguard', join('scripts', 'runtime.sh'), ...data])
  cpSync(join(root, file), join(dist, file));
// What the program asks of its own manifest.
const { name, version, type, dependencies } = packageJson;
writeFileSync(join(dist, 'package.json'), `${JSON.stringify({ name, version, type, dependencies })}\n`);
