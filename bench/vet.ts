/**
 * The resolution of cargo-vet audits beside cargo-vet itself, in one run:
 *
 *   node bench/vet.ts [--peer PATH] [--runs 5] [--packages 800]
 *
 * Needs cargo, cargo-vet (a release build, for times that mean something) and the stores of ../shared/data/vet. Both
 * are whole processes that read the same store and the same `cargo metadata`, which is made once and kept: neither
 * pays for cargo. Prints Markdown for docs/benchmarks.md; ratios count, since the machine's speed drifts.
 */
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { vetGraph } from '../src/facts/vet/packages.ts';
import { reportJson } from '../src/facts/vet/report.ts';
import { resolve } from '../src/facts/vet/resolve.ts';
import { readStore } from '../src/facts/vet/store.ts';
import { testCache } from '../tests/support/peers.ts';
import { filesOf } from '../tests/support/vet-oracle.ts';
import { randomFrom, storeGraph } from '../tests/support/vet-store-graphs.ts';
import {
  formatStore,
  fromMetadata,
  type StoreTexts,
  writeWorkspace,
} from '../tests/support/vet-workspace.ts';

const { values: options } = parseArgs({
  options: {
    peer: { type: 'string', default: join(testCache, 'cargo-vet-release/bin/cargo-vet') },
    runs: { type: 'string', default: '5' },
    packages: { type: 'string', default: '800' },
    // What a contestant's process is asked: the answer for one workspace.
    once: { type: 'string' },
  },
});
const runs = Number(options.runs);
const maxBuffer = 1 << 28;

if (options.once === undefined) await compare();
else console.log(JSON.stringify(answerFor(options.once)));

async function compare(): Promise<void> {
  const stores = join(import.meta.dirname, '../../shared/data/vet/stores');
  console.log(`\n## ${new Date().toISOString().slice(0, 10)}: vet resolution, ${runs} runs, median ms\n`);
  console.log(
    '| store | packages | Safeguard, process | cargo-vet, process | Safeguard, in the server | same answer |',
  );
  console.log('| --- | --- | --- | --- | --- | --- |');
  for (const name of ['libprio-rs', 'spin', 'wasmtime']) {
    const dir = mkdtempSync(join(tmpdir(), 'safeguard-bench-'));
    try {
      const packages = await prepare(dir, storeTexts(join(stores, name)));
      const [own, peer, inside] = [[] as number[], [] as number[], [] as number[]];
      let same = true;
      for (let run = 0; run < runs; run++) {
        const ours = timed(own, () =>
          execFileSync(process.execPath, [import.meta.filename, '--once', dir], { maxBuffer }),
        );
        const theirs = timed(peer, () => askPeer(dir));
        timed(inside, () => answerFor(dir));
        same &&= JSON.stringify(JSON.parse(String(ours))) === JSON.stringify(JSON.parse(String(theirs)));
      }
      const cells = [name, packages, ...[own, peer, inside].map((times) => Math.round(median(times)))];
      console.log(`| ${cells.join(' | ')} | ${same ? 'yes' : 'no'} |`);
    } finally {
      rmSync(dir, { recursive: true, force: true });
    }
  }
}

/** A workspace of invented crates over a real store, with its metadata beside it; how many packages it has. */
async function prepare(dir: string, texts: StoreTexts): Promise<number> {
  const { store } = readStore(filesOf(texts));
  writeWorkspace(dir, storeGraph(store, Number(options.packages), randomFrom(20260821)));
  await formatStore(dir, options.peer, texts);
  const args = ['metadata', '--format-version', '1', '--all-features', '--frozen'];
  const metadata = execFileSync('cargo', args, { cwd: dir, maxBuffer });
  writeFileSync(join(dir, 'metadata.json'), metadata);
  writeFileSync(
    join(dir, 'cargo.sh'),
    `#!/bin/sh\ncase "$*" in *metadata*) exec cat ${dir}/metadata.json;; esac\nexec cargo "$@"\n`,
  );
  chmodSync(join(dir, 'cargo.sh'), 0o755);
  return fromMetadata(JSON.parse(String(metadata))).length;
}

function answerFor(dir: string): unknown {
  const { store } = readStore(filesOf(storeTexts(join(dir, 'supply-chain'))));
  const packages = fromMetadata(JSON.parse(readFileSync(join(dir, 'metadata.json'), 'utf8')));
  return reportJson(resolve(vetGraph(packages, store.policies), store));
}

/** cargo-vet ends with 255 where something is not audited; what it says is the answer. */
function askPeer(dir: string): Buffer {
  const env = { ...process.env, CARGO: join(dir, 'cargo.sh'), CARGO_TERM_COLOR: 'never' };
  const args = ['vet', '--locked', '--frozen', '--output-format', 'json'];
  try {
    return execFileSync(options.peer, args, {
      cwd: dir,
      env,
      maxBuffer,
      stdio: ['ignore', 'pipe', 'ignore'],
    });
  } catch (error) {
    const { stdout } = error as { stdout?: Buffer };
    if (stdout === undefined || stdout.length === 0) throw error;
    return stdout;
  }
}

function storeTexts(folder: string): StoreTexts {
  const read = (file: string) => readFileSync(join(folder, file), 'utf8');
  return { audits: read('audits.toml'), config: read('config.toml'), imports: read('imports.lock') };
}

function timed<T>(times: number[], work: () => T): T {
  const start = performance.now();
  const value = work();
  times.push(performance.now() - start);
  return value;
}

function median(times: readonly number[]): number {
  const sorted = [...times].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
