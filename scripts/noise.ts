/**
 * How much `safeguard check` says of ordinary updates:
 *
 *   node scripts/noise.ts --advisory-db FOLDER [--add 75 --releases 2 [--of 'sd tokei']] [--again]
 *
 * The updates are real, and listed in tests/docs/noise/updates.tsv: of tools on crates.io whose archives have a Cargo.lock, what a
 * release changed in it, and what `cargo update` makes of one crate alone. `--add` chooses more of them, from all over the last
 * releases. Archives, lockfiles and verdicts are kept in the user's cache folder for tests; `--again` judges what was judged.
 * What is found goes to tests/docs/noise/findings.tsv beside the labels there (whether a reviewer should have seen it; `?` where
 * nobody has said so yet), and docs/noise.md is written from both.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { upstreamAddress } from '../src/registry/upstream/address.ts';
import { Upstream } from '../src/registry/upstream/upstream.ts';
import { factsHere } from '../src/server/check-here.ts';
import { counted, readData, writeData } from './noise-data.ts';
import { judge } from './noise-judge.ts';
import { noisePage } from './noise-table.ts';
import { type Named, nameOf, Projects, spread, stepsOf } from './noise-updates.ts';

/** The smaller ones first: they are judged sooner. */
const tools = (
  'zoxide hexyl sd tokei fd-find just grex pastel hyperfine ripgrep cargo-machete cargo-expand cargo-hack du-dust tealdeer procs ' +
  'cargo-llvm-cov cargo-watch eza lsd xh cargo-edit cargo-release bandwhich bottom miniserve typos-cli bat git-delta broot ' +
  'cargo-audit cargo-deny wasm-pack gitui watchexec-cli taplo-cli rustscan mdbook cargo-udeps cargo-outdated cargo-nextest ' +
  'dprint difftastic trunk sccache starship'
).split(' ');
const { values: options } = parseArgs({
  options: {
    'advisory-db': { type: 'string' },
    add: { type: 'string', default: '0' },
    releases: { type: 'string', default: '0' },
    of: { type: 'string', default: tools.join(' ') },
    again: { type: 'boolean', default: false },
  },
});
const cache = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'safeguard-test', 'noise');
mkdirSync(cache, { recursive: true });
const upstream = new Upstream(upstreamAddress('crates.io'), Date.now);
const projects = new Projects(upstream, cache);
const databases = options['advisory-db'] === undefined ? [] : [resolve(options['advisory-db'])];
const facts = await factsHere(
  { upstream: 'crates.io', advised: true, offline: false, advisoryDb: databases },
  { ...process.env, XDG_CACHE_HOME: join(cache, 'home') },
);
const data = readData();
try {
  const there = data.updates.map(({ named }) => named);
  // What is new first: what was judged is kept.
  const waiting = [...(await more(there)), ...there];
  const worker = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) await count(next);
  };
  // While one waits for the registry, another is judged.
  await Promise.all([worker(), worker(), worker()]);
  writeFileSync(join(import.meta.dirname, '../docs/noise.md'), noisePage(readData()));
} finally {
  await Promise.all([facts.close(), upstream.close()]);
}

/** Updates that the list does not have yet. */
async function more(there: readonly Named[]): Promise<readonly Named[]> {
  const [steps, releases]: [Named[], Named[]] = [[], []];
  if (Number(options.releases) === 0) return [];
  for (const tool of options.of.split(' ')) {
    for (const release of await projects.lastReleases(tool, Number(options.releases))) {
      const update = await projects.update(release);
      if (update === undefined) continue;
      if (!there.some((one) => nameOf(one) === nameOf(release))) releases.push(release);
      steps.push(...stepsOf(release, update));
    }
  }
  return [...releases, ...spread(steps, there, Number(options.add))];
}

async function count(named: Named): Promise<void> {
  try {
    const update = await projects.update(named);
    if (update === undefined) {
      data.updates = data.updates.filter((one) => nameOf(one.named) !== nameOf(named));
      return;
    }
    const verdict = await judge(update, facts, { folder: cache, again: options.again });
    data.updates = [
      ...data.updates.filter((one) => nameOf(one.named) !== nameOf(named)),
      counted(named, verdict),
    ];
    console.error(`${data.updates.length}: ${nameOf(named)}`);
    writeData(data);
  } catch (error) {
    console.error(`${nameOf(named)}: ${(error as Error).message}`);
  }
}
