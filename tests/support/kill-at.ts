/**
 * Loaded before a program (`--import`): kills it as `kill -9` does, right before it changes a path below the folder
 * `KILL_BELOW` for the `KILL_AT`th time; where that is no number, it notes each in the file `KILL_NOTES`.
 */
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';

const { KILL_AT = '', KILL_BELOW = '', KILL_NOTES = '' } = process.env;
const { appendFileSync } = fs;
let count = 0;

type Change = (path: unknown, ...more: unknown[]) => unknown;
const changes = fs as unknown as Record<string, Change>;
for (const name of [
  'writeFileSync',
  'mkdirSync',
  'mkdtempSync',
  'renameSync',
  'copyFileSync',
  'createWriteStream',
  'rmSync',
]) {
  const change = changes[name] as Change;
  changes[name] = (path, ...more) => {
    // Of a copy, where it goes counts.
    const place = String(name === 'copyFileSync' ? more[0] : path);
    if (place.startsWith(KILL_BELOW)) {
      if (KILL_NOTES !== '') appendFileSync(KILL_NOTES, `${name} ${place.slice(KILL_BELOW.length + 1)}\n`);
      if (++count === Number(KILL_AT)) process.kill(process.pid, 'SIGKILL');
    }
    return change(path, ...more);
  };
}
syncBuiltinESMExports();
