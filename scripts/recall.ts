/**
 * Keeps what build scripts of real crates were seen to do, for the test that holds their reviews against it:
 *
 *   cd PROJECT && safeguard observe --output observed.json -- cargo check --locked
 *   node scripts/recall.ts PROJECT/observed.json PROJECT/Cargo.lock … > tests/build/observe/recall.json
 *
 * Several projects may be named, two files each. Each act is kept once, without what tells of the machine. Packages that are not
 * in the lockfile with a checksum are left out.
 */
import { readFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import type { Observation, ObservedAct, ObservedActor } from '../src/build/observe/observation.ts';
import { parseLockfile } from '../src/cargo/lockfile.ts';

/** By name and version: a package may be built more than once. */
const rows = new Map<string, { readonly checksum: string; readonly acts: Set<string> }>();
for (const [i, observed] of process.argv.slice(2).entries()) {
  if (i % 2 !== 0) continue;
  const { actors } = JSON.parse(readFileSync(observed, 'utf8')) as Observation;
  const { packages } = parseLockfile(readFileSync(process.argv[i + 3] ?? '', 'utf8'));
  const checksums = new Map(packages.map(({ name, version, checksum }) => [`${name} ${version}`, checksum]));
  for (const actor of actors.filter(({ kind }) => kind === 'build-script')) {
    const { crate, version } = actor;
    const key = `${crate} ${version}`;
    const checksum = checksums.get(key);
    if (checksum === undefined) continue;
    const { acts } = rows.get(key) ?? { acts: new Set() };
    for (const act of actor.acts) acts.add(JSON.stringify(plain(act, actor)));
    rows.set(key, { checksum, acts });
  }
}
const sorted = [...rows]
  .sort(([a], [b]) => (a < b ? -1 : 1))
  .map(([key, { checksum, acts }]) => {
    const [crate, version] = key.split(' ');
    return { crate, version, checksum, acts: [...acts].map((act) => JSON.parse(act) as unknown) };
  });
console.log(`[\n${sorted.map((row) => ` ${JSON.stringify(row)}`).join(',\n')}\n]`);

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
    [homedir(), '/home'],
    [tmpdir(), '/tmp'],
  ];
  for (const [folder, name] of places)
    if (folder !== undefined && (path === folder || path.startsWith(`${folder}/`)))
      return `${name}${path.slice(folder.length)}`;
  return path;
}
