import { chmodSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { homeFolder } from '../../gate/project/home-folder.ts';

// Tokens that `cargo login` was given, by the address of their index: a file that its owner alone may read.

/** The token for an index, if one is kept. */
export function keptToken(index: string, env: Env = process.env): string | undefined {
  return readKept(env)[index];
}

/** Keeps a token for an index; `undefined` forgets it. */
export function keepToken(index: string, token: string | undefined, env: Env = process.env): void {
  const { [index]: _, ...others } = readKept(env);
  const file = fileOf(env);
  const writing = `${file}.${process.pid}`;
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const kept = token === undefined ? others : { ...others, [index]: token };
  writeFileSync(writing, `${JSON.stringify(kept, null, 2)}\n`, { mode: 0o600 });
  chmodSync(writing, 0o600);
  renameSync(writing, file);
}

type Env = Readonly<Record<string, string | undefined>>;

function fileOf({ XDG_CONFIG_HOME: folder }: Env): string {
  return join(folder || join(homeFolder(), '.config'), 'safeguard', 'credentials.json');
}

function readKept(env: Env): Readonly<Record<string, string>> {
  try {
    return JSON.parse(readFileSync(fileOf(env), 'utf8')) as Record<string, string>;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return {};
    throw error;
  }
}
