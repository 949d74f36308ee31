/**
 * Keeps what build scripts of real crates were seen to do, for the test that holds their reviews against it:
 *
 *   cd PROJECT && safeguard observe --output observed.json -- cargo check --locked
 *   node scripts/recall.ts --into tests/build/observe/recall.json PROJECT …
 *
 * Several projects may be named, or folders of projects as scripts/recall-observe.ts makes them. What the file has
 * already stays, but for releases that were seen anew. Each act is kept once, without what tells of the machine, with
 * the libraries that the script calls. Packages that are not in the lockfile with a checksum are left out.
 */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Observation, ObservedActor } from '../src/build/observe/observation.ts';
import { reconcile } from '../src/build/observe/reconcile.ts';
import { type ComparedReview, withHelpers } from '../src/build/observe/reviews.ts';
import type { ObservedAct } from '../src/build/record/act.ts';
import { archiveTexts, readCrateArchive } from '../src/cargo/crate-archive.ts';
import { parseLockfile } from '../src/cargo/lockfile.ts';
import { codeName } from '../src/cargo/manifest/targets.ts';
import { CargoHome, cargoHomeFolder } from '../src/gate/project/cargo-home.ts';
import { reviewBuildScript } from '../src/rust/build-script.ts';
import { archiveFiles } from '../src/rust/inputs/package-files.ts';
import { reviewHelper } from '../src/rust/library.ts';
import { type PackageSource, packageSource } from '../src/rust/package-source.ts';
import type { RealRelease } from '../tests/support/real-archives.ts';
import { type RecordedScript, recordedPlace } from '../tests/support/recall.ts';

/** The home of those that scripts/recall-observe.ts builds. */
const observedHome = join(
  process.env.XDG_CACHE_HOME || join(homedir(), '.cache'),
  'safeguard-test',
  'recall',
  'home',
);

const { values, positionals } = parseArgs({
  options: { into: { type: 'string', default: 'tests/build/observe/recall.json' } },
  allowPositionals: true,
});
/** By name and version, since many scripts call the same ones. */
const helperReviews = new Map<string, ComparedReview | undefined>();
const cargoHome = new CargoHome(cargoHomeFolder());
const before = JSON.parse(readFileSync(values.into, 'utf8')) as readonly RecordedScript[];
const rows = new Map(before.map((row) => [`${row.crate} ${row.version}`, row]));
const seen = new Map<
  string,
  { readonly release: RealRelease; readonly lock: Lock; readonly acts: Set<string> }
>();
type Lock = ReadonlyMap<string, RealRelease>;
for (const folder of positionals.flatMap(projectsIn)) {
  const { actors } = JSON.parse(readFileSync(join(folder, 'observed.json'), 'utf8')) as Observation;
  const { packages } = parseLockfile(readFileSync(join(folder, 'Cargo.lock'), 'utf8'));
  const lock: Lock = new Map(
    packages.flatMap(({ name, version, checksum }) =>
      checksum === undefined ? [] : [[`${name} ${version}`, { crate: name, version, checksum }]],
    ),
  );
  for (const actor of actors.filter(({ kind }) => kind === 'build-script')) {
    const key = `${actor.crate} ${actor.version}`;
    const release = lock.get(key);
    if (release === undefined) continue;
    const { acts } = seen.get(key) ?? { acts: new Set() };
    for (const act of actor.acts) acts.add(JSON.stringify(plain(act, actor)));
    seen.set(key, { release, lock, acts });
  }
}
for (const [key, { release, lock, acts }] of seen) {
  const plainActs = [...acts].map((act) => JSON.parse(act) as ObservedAct);
  const helpers = helpersOf(release, lock, plainActs);
  rows.set(key, { ...release, ...(helpers.length === 0 ? {} : { helpers }), acts: plainActs });
}
const sorted = [...rows].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row);
writeFileSync(values.into, `[\n${sorted.map((row) => ` ${JSON.stringify(row)}`).join(',\n')}\n]\n`);

/** A project that was observed, or those in a folder of projects. */
function projectsIn(folder: string): readonly string[] {
  const projects = existsSync(join(folder, 'observed.json'))
    ? [folder]
    : readdirSync(folder).map((name) => join(folder, name));
  return projects.filter(
    (each) => existsSync(join(each, 'observed.json')) && existsSync(join(each, 'Cargo.lock')),
  );
}

/** The libraries of a lockfile that a script calls, as far as they name any of what it did that the script does not. */
function helpersOf(release: RealRelease, lock: Lock, acts: readonly ObservedAct[]): readonly RealRelease[] {
  const script = sourceOf(release);
  const review = script === undefined ? undefined : reviewBuildScript(script);
  if (review === undefined) return [];
  const namedBy = (shapes: readonly string[]) =>
    reconcile(acts, shapes, recordedPlace).acts.filter(({ named }) => named !== undefined).length;
  const own = namedBy(review.shapes);
  if (own === acts.length) return [];
  const found: RealRelease[] = [];
  withHelpers<ComparedReview>(review, (name) => {
    const helper = [...lock.values()].find(({ crate }) => codeName(crate) === name);
    const its = helper === undefined ? undefined : helperReview(helper);
    if (helper !== undefined && its !== undefined && namedBy([...review.shapes, ...its.shapes]) > own)
      found.push(helper);
    return its;
  });
  return found;
}

function helperReview(helper: RealRelease): ComparedReview | undefined {
  const key = `${helper.crate} ${helper.version}`;
  if (!helperReviews.has(key)) {
    const source = sourceOf(helper);
    helperReviews.set(key, source === undefined ? undefined : reviewHelper(source));
  }
  return helperReviews.get(key);
}

function sourceOf({ crate, version, checksum }: RealRelease): PackageSource | undefined {
  const isRight = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex') === checksum;
  const bytes = cargoHome.archives(crate, version).find(isRight);
  if (bytes === undefined) return undefined;
  const archive = readCrateArchive(bytes);
  const text = archiveTexts(archive);
  return packageSource(text('Cargo.toml') ?? '', text, archiveFiles(archive.files));
}

/** The same act on any machine; arguments are nothing that a review names. */
function plain(act: ObservedAct, actor: ObservedActor): unknown {
  const of = (path: string) => placed(path, actor);
  const below = act.below === undefined ? {} : { below: of(act.below) };
  switch (act.kind) {
    case 'exec':
      return { kind: act.kind, program: of(act.program), argv: [], ...below };
    case 'exec-failed':
      return { kind: act.kind, program: of(act.program), error: act.error, ...below };
    case 'connect':
    case 'bind':
      return { kind: act.kind, address: act.address, ...below };
    case 'hidden':
    case 'denied':
      return { kind: act.kind, what: act.what, ...below };
    case 'write':
      return { kind: act.kind, path: lasting(of(act.path)), how: act.how, ...below };
  }
}

/** A path without what is made up anew each time, or is a registry's. */
function lasting(path: string): string {
  return path
    .replace(/^\/tmp\/(cc|rustc|make|GNU|clang-)\w{6,}/, '/tmp/$1N')
    .replace(/(\/registry\/\w+)\/[^/]+/, '$1/registry')
    .replaceAll(/\d{4,}|[0-9a-f]{8,}/g, 'N');
}

function placed(path: string, { manifestDir, outDir }: ObservedActor): string {
  const toolchain = /^.*\/toolchains\/[^/]+/.exec(path)?.[0];
  const places: readonly (readonly [folder: string | undefined, name: string])[] = [
    [outDir, '/out'],
    [manifestDir, '/package'],
    [outDir?.replace(/\/build\/[^/]+\/out$/, ''), '/target/debug'],
    [outDir?.replace(/\/[^/]+\/build\/[^/]+\/out$/, ''), '/target'],
    [toolchain, '/toolchain'],
    [observedHome, '/home'],
    [homedir(), '/home'],
    [tmpdir(), '/tmp'],
  ];
  for (const [folder, name] of places)
    if (folder !== undefined && (path === folder || path.startsWith(`${folder}/`)))
      return `${name}${path.slice(folder.length)}`;
  return path;
}
