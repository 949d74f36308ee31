/** Applications of the corpus, resolved by cargo and by us for five targets with three choices of features. */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { GateError } from '../../src/gate/error.ts';
import { cargoHomeFolder } from '../../src/gate/project/cargo-home.ts';
import { diskFiles } from '../../src/gate/project/files.ts';
import { openProject } from '../../src/gate/project/resolve.ts';
import { argsOf, type Run, selectionOf } from '../gate/project.ts';
import { type CorpusCrate, corpusFolder } from './corpus.ts';
import { testCache } from './peers.ts';
import { type Answer, answerOf, askCargo, keyOf, runCargo, toolchain } from './unit-graph.ts';

const targets = [
  'x86_64-unknown-linux-gnu',
  'x86_64-pc-windows-msvc',
  'aarch64-apple-darwin',
  'wasm32-unknown-unknown',
  'thumbv7em-none-eabihf',
];

/** Fifteen questions. */
export const corpusRuns: readonly Run[] = targets.flatMap((target) =>
  [{}, { noDefault: true }, { all: true }].map((run) => ({ ...run, target })),
);

/**
 * The crate's folder, with everything that it locks in cargo's cache. Throws where that cannot be had; a lockfile that
 * cargo refuses is had all the same.
 */
export async function fetchedCrate(crate: Omit<CorpusCrate, 'packages'>): Promise<string> {
  const folder = await corpusFolder(crate);
  const mark = join(testCache, 'resolve-corpus', `${crate.name}-${crate.version}.fetched`);
  if (existsSync(mark)) return folder;
  const { code, stderr } = await runCargo(['fetch', '--locked'], { folder });
  if (code !== 0 && !/failed to select a version|--locked was passed/.test(stderr)) throw new Error(stderr);
  mkdirSync(join(mark, '..'), { recursive: true });
  writeFileSync(mark, '');
  return folder;
}

/** What cargo says, remembered between runs: it is asked offline, so that nothing but the crate decides. */
export function theirAnswer(crate: Omit<CorpusCrate, 'packages'>, folder: string, run: Run): Promise<Answer> {
  const { name, version } = crate;
  return askCargo(
    { place: () => ({ folder }), args: [...argsOf(run), '--offline'] },
    keyOf('corpus', name, version, argsOf(run)),
  );
}

export async function ourAnswer(folder: string, run: Run): Promise<Answer> {
  try {
    const project = await openProject({
      files: diskFiles,
      manifestPath: join(folder, 'Cargo.toml'),
      cargoHome: cargoHomeFolder(),
      crates: { cache: extractFolder(), remote: undefined },
    });
    const host = toolchain?.host ?? '';
    const resolution = project.resolve({ target: run.target ?? '', host, selection: selectionOf(run) });
    const unknown = resolution.packages.find(({ opaque }) => opaque !== undefined);
    if (unknown !== undefined) throw new Error(`${unknown.name} ${unknown.version}: ${unknown.opaque}`);
    return answerOf(resolution);
  } catch (error) {
    if (error instanceof GateError) return { kind: 'refused', message: error.message };
    throw error;
  }
}

/** Extracts are kept between runs, as long as nothing changes that makes them. */
function extractFolder(): string {
  const source = join(import.meta.dirname, '../../src');
  const files = ['cargo', 'cargo/manifest', 'gate/project'].flatMap((room) =>
    readdirSync(join(source, room), { withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ name }) => join(source, room, name)),
  );
  const hash = createHash('sha256');
  for (const file of files.sort()) hash.update(readFileSync(file));
  return join(testCache, 'resolve-corpus', hash.digest('hex').slice(0, 16));
}
