/**
 * Runs the checks and the tests and ends with `N passed, N failed`. `--all` adds test/real: what needs the registry,
 * built peers or the whole corpus. Words that are no flag select test files by path: `./test registry/settle`.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, globSync, mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { run } from 'node:test';
import { spec } from 'node:test/reporters';
import { parseArgs } from 'node:util';
import { ensureSystemPackages } from './system-packages.ts';

const root = join(import.meta.dirname, '..');
const { all, words } = asked();

const checks = [
  ['types', ['tsc']],
  ['types of the pages', ['tsc', '--project', 'web']],
  // Tests bring in types of browsers, which what is packed does not have.
  ['types of the package', ['tsc', '--project', 'scripts/package.tsconfig.json', '--noEmit']],
  ['lint and format', ['biome', 'ci', '--error-on-warnings', '.']],
  [
    'import order',
    [
      'depcruise',
      '--config',
      '.dependency-cruiser.cjs',
      '--output-type',
      'err',
      'src',
      'tests',
      'scripts',
      'bench',
      'web/src',
    ],
  ],
  ['unused code', ['knip']],
] as const;

/** What the command line asks for; a flag that there is not would run everything. */
function asked(): { readonly all: boolean; readonly words: readonly string[] } {
  const usage =
    'Usage: ./test [--all] [WORD…]\n\n  --all   tests/real too: what needs the registry, built peers, or the whole corpus\n  WORD    only the test files whose path has it, and no checks: ./test registry/settle';
  const options = {
    all: { type: 'boolean', default: false },
    help: { type: 'boolean', short: 'h' },
  } as const;
  try {
    const { values, positionals } = parseArgs({ options, allowPositionals: true });
    if (values.help !== true) return { all: values.all, words: positionals };
    console.log(usage);
    process.exit(0);
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : error}\n\n${usage}`);
    process.exit(64);
  }
}

/** Files at once: one more than there are processors, since programs that a test started are waited for. */
const processes = availableParallelism() + 1;

const counts = { passed: 0, failed: 0, skipped: 0 };
/** Milliseconds that the tests of each file took. */
const took = new Map<string, number>();

ensureSystemPackages();
// The hundreds of processes of a run share what was compiled: a third of the time of those that start many programs, and two thirds of those
// that have a cache of their own.
const compiled = mkdtempSync(join(tmpdir(), 'safeguard-compiled-'));
process.env.NODE_COMPILE_CACHE = compiled;
process.once('exit', () => rmSync(compiled, { recursive: true, force: true }));
if (words.length === 0) await checkAll();
await tests();

if (words.length === 0) sayLongest();
const skipped = counts.skipped === 0 ? '' : `, ${counts.skipped} skipped`;
console.log(`${counts.passed} passed, ${counts.failed} failed${skipped}`);
process.exit(counts.failed === 0 && counts.passed > 0 ? 0 : 1);

/** As many at once as there are processors: each uses one, but for the linter. */
async function checkAll(): Promise<void> {
  const waiting = checks.values();
  const work = async () => {
    for (const [name, [tool, ...args]] of waiting) await check(name, tool, args);
  };
  await Promise.all(Array.from({ length: availableParallelism() }, work));
}

/** What it says is shown in one piece, once it is over. */
async function check(name: string, tool: string, args: readonly string[]): Promise<void> {
  const child = spawn(process.execPath, [join(root, 'node_modules', '.bin', tool), ...args], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const said: Buffer[] = [];
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (piece: Buffer) => said.push(piece));
  const [status] = await once(child, 'close');
  process.stdout.write(Buffer.concat(said));
  console.log(`${status === 0 ? '✔' : '✖'} ${name}`);
  counts[status === 0 ? 'passed' : 'failed']++;
}

async function tests(): Promise<void> {
  const files = globSync('tests/**/*.test.ts', { cwd: root })
    .filter((file) => all || !file.startsWith(join('tests', 'real')))
    .filter((file) => words.length === 0 || words.some((word) => file.includes(word)))
    .map((file) => join(root, file))
    .sort();
  if (!existsSync(join(root, '..', 'shared', 'data')))
    console.log('note: ../shared/data is not here; the tests on it are skipped');
  // In CI nothing that can be had may be skipped: a suite without its database fails there.
  if (all) process.env.SAFEGUARD_REQUIRE_ALL = '1';
  const stream = run({ files, cwd: root, concurrency: processes, timeout: 80 * 60_000 });
  stream.on('test:pass', (event) => {
    if (event.details.type === 'suite') return;
    counts[event.skip === undefined ? 'passed' : 'skipped']++;
  });
  stream.on('test:fail', (event) => {
    // A suite fails with its tests; one that fails by itself (its hook, its timeout) is counted as one.
    const cause = (event.details.error as { failureType?: string }).failureType;
    if (event.details.type !== 'suite' || cause !== 'subtestsFailed') counts.failed++;
  });
  for (const event of ['test:pass', 'test:fail'] as const)
    stream.on(event, ({ nesting, file = '', details }) => {
      if (nesting === 0) took.set(file, (took.get(file) ?? 0) + details.duration_ms);
    });
  const output = stream.compose(new spec());
  for await (const piece of output) process.stdout.write(String(piece));
}

/** Where the time went. */
function sayLongest(): void {
  const longest = [...took].sort(([, a], [, b]) => b - a).slice(0, 12);
  for (const [file, ms] of longest)
    console.log(`${(ms / 1000).toFixed(0).padStart(5)} s  ${relative(root, file)}`);
}
