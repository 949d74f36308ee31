import { accessSync, constants, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { quoted } from '../sh.ts';

/** What a build script asked pkg-config, and what it was told. */
export interface PkgConfigCall {
  readonly args: readonly string[];
  /** Standard output. */
  readonly answer: string;
  readonly exit: number;
}

/**
 * A program before pkg-config on the PATH, which asks it and keeps what it says. Whoever names pkg-config by its path
 * goes round it.
 */
export interface PkgConfigShim {
  /** Its own path, and that of the real one. */
  readonly path: string;
  readonly real: string;
  /** The PATH to run a build with. */
  readonly searched: string;
  /** Where it writes: a build that is kept in has to be let write there. */
  readonly folder: string;
  /** All calls so far by the OUT_DIR of who made them, each once. */
  readonly calls: () => ReadonlyMap<string, readonly PkgConfigCall[]>;
}

/** Makes one in a folder; `undefined` where there is no pkg-config. */
export function pkgConfigShim(folder: string, searched: string): PkgConfigShim | undefined {
  const real = searched
    .split(delimiter)
    .map((place) => join(place, 'pkg-config'))
    .find(isProgram);
  if (real === undefined) return undefined;
  const [programs, records] = [join(folder, 'programs'), join(folder, 'pkg-config')];
  mkdirSync(programs);
  mkdirSync(records);
  const path = join(programs, 'pkg-config');
  const record = `${quoted(records)}/$$`;
  const text = `#!/bin/sh
${quoted(real)} "$@" > ${record}.answer
code=$?
printf '%s\\0' "$OUT_DIR" "$code" "$@" > ${record}.asked
cat ${record}.answer
exit $code
`;
  writeFileSync(path, text, { mode: 0o700 });
  return {
    path,
    real,
    searched: `${programs}${delimiter}${searched}`,
    folder: records,
    calls: () => readCalls(records),
  };
}

function readCalls(records: string): ReadonlyMap<string, readonly PkgConfigCall[]> {
  const byCaller = new Map<string, Map<string, PkgConfigCall>>();
  for (const name of readdirSync(records)
    .filter((file) => file.endsWith('.asked'))
    .sort()) {
    const [outDir = '', code = '', ...args] = readFileSync(join(records, name), 'utf8')
      .split('\0')
      .slice(0, -1);
    const answer = readFileSync(join(records, name.replace(/\.asked$/, '.answer')), 'utf8');
    const call = { args, answer, exit: Number(code) };
    const calls = byCaller.get(outDir) ?? new Map();
    calls.set(JSON.stringify(args), call);
    byCaller.set(outDir, calls);
  }
  return new Map([...byCaller].map(([outDir, calls]) => [outDir, [...calls.values()]]));
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
