import { existsSync, mkdirSync, readFileSync, rmdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Cell } from '../limits/cell.ts';
import { recordedApart } from '../record/recorder.ts';
import {
  type Bubblewrap,
  besideRelay,
  inBubblewrap,
  type RelayPlace,
  systemMounts,
} from '../sandbox/bubblewrap.ts';
import { type Mount, type Place, placeOf, type SandboxPlan } from '../sandbox/plan.ts';
import { compilerInPlace } from './compiler-in-place.ts';
import { dryCompiler, dryEnvironment } from './dry-run.ts';
import { withoutRemotes } from './git-config.ts';
import { inside, isBelow, type SourceLayout } from './layout.ts';
import { type MadeFile, readMadeFile } from './made-file.ts';
import { type Ended, type RunOptions, runProgram } from './program.ts';
import type { Surroundings } from './surroundings.ts';
import type { Toolchain } from './toolchain.ts';

/** What a build works with on this machine. */
export interface RoomInput {
  readonly root: string;
  readonly source: SourceLayout;
  /** Where cargo is started. */
  readonly folder: string;
  /** A folder of the build's own, which goes away with it. */
  readonly work: string;
  /** Cargo's home of whoever builds: its index and git repositories are read. */
  readonly cargoHome: string;
  readonly toolchain: Toolchain;
  /** What is built for. */
  readonly target: string;
  /** Whether the project names a compiler of its own, which then is not spoken to. */
  readonly namesCompiler: boolean;
  /** Absent: nothing is kept in. */
  readonly bubblewrap: Bubblewrap | undefined;
  readonly cell: Cell;
  readonly surroundings: Surroundings;
  /** Variables that come from outside. */
  readonly variables: Readonly<Record<string, string>>;
  /** Folders beside those of the system that may be read. */
  readonly readable: readonly string[];
  /** Folders in the source that earlier builds made: nothing of them is seen. */
  readonly hidden: readonly string[];
}

/** What cargo is run for beside compiling. */
export type Step = 'unpack' | 'dry';

/** Where a build's cargo runs. */
export interface Room {
  /**
   * Runs cargo to compile, or as `step` says: `unpack`, it may write to its home, and to nothing else; `dry`, as
   * `dryEnvironment` has it, with a target folder of its own. `trace` is a file that all that it does is written to,
   * `opened` is what a policy lets it see besides. Throws what `runProgram` does.
   */
  readonly cargo: (
    words: readonly string[],
    options: RunOptions & {
      readonly step?: Step;
      readonly trace?: string | undefined;
      readonly opened?: readonly Mount[];
      /** What leads to a proxy outside, if anything does. */
      readonly relay?: RelayPlace | undefined;
    },
  ) => Promise<Ended>;
  /** Where what a build sees while it compiles lies on this machine. */
  readonly placeOf: (path: string) => Place;
  /** Where cargo is started, and its home, inside. */
  readonly folder: string;
  readonly home: string;
  /** Folders that code writes to. */
  readonly writable: readonly { readonly inside: string; readonly outside: string }[];
  /** The path outside of one that cargo names. */
  readonly outside: (path: string) => string;
  /** A file that cargo says it made, in that step. Throws `BuildError('build/altered')`. */
  readonly made: (path: string, step?: Extract<Step, 'dry'>) => MadeFile;
  readonly cargoHome: string;
}

/** Makes the folders of a room below `work`. */
export function openRoom(input: RoomInput): Room {
  const own = {
    cargoHome: join(input.work, 'cargo'),
    target: join(input.work, 'target'),
    dry: join(input.work, 'dry'),
    home: join(input.work, 'home'),
    temporary: join(input.work, 'temporary'),
    etc: join(input.work, 'etc'),
  };
  for (const path of Object.values(own)) mkdirSync(path);
  for (const part of ['registry/index', 'git/db', 'git/checkouts'])
    mkdirSync(join(own.cargoHome, part), { recursive: true });
  const { home, hostname, user } = input.surroundings;
  writeFileSync(join(own.etc, 'passwd'), `build:x:${user}:${user}::${home}:/bin/sh\n`);
  writeFileSync(join(own.etc, 'group'), `build:x:${user}:\n`);
  const { bubblewrap, cell, toolchain } = input;
  const folderOfTools = bubblewrap === undefined ? toolchain.folder : toolchainInside(toolchain);
  const compilers = layCompilers(input, own, join(folderOfTools, 'bin', 'rustc'));
  if (bubblewrap === undefined) return openAir(input, own, compilers);
  const mounts = mountsOf(input, own);
  const compiling = [...mounts, ...changing(input, own, undefined)];
  const folder = input.source.at(input.folder);
  return {
    cargoHome: own.cargoHome,
    folder,
    home,
    writable: [
      { inside: inside.target, outside: own.target },
      { inside: home, outside: own.home },
      { inside: inside.temporary, outside: own.temporary },
    ],
    made: (path, step) => readMadeFile(path, inside.target, step === 'dry' ? own.dry : own.target),
    outside: (path) =>
      isBelow(path, inside.target) ? join(own.target, path.slice(inside.target.length)) : path,
    placeOf: (path) => placeOf(compiling, path),
    cargo: async (words, { step, trace, opened = [], relay, ...options }) => {
      const plan: SandboxPlan = {
        mounts: [
          ...mounts,
          ...opened,
          ...changing(input, own, step),
          { kind: 'read', from: compilers.folder, at: compilersInside },
        ],
        env: {
          ...quietLoader,
          ...environmentOf(input, { ...inside, home }, toolchainInside(toolchain)),
          ...proxyVariables(relay),
          ...compilerEnvironment(compilers, step, compilersInside),
        },
        folder,
        hostname,
        user,
        network: relay === undefined ? 'none' : 'relay',
      };
      const cargo = join(toolchainInside(toolchain), 'bin', 'cargo');
      const { words: kept, filter } = inBubblewrap(
        bubblewrap,
        plan,
        cell.within([cargo, ...words]),
        input.work,
      );
      // What is in this environment is in the memory of the first process inside.
      const reached = relay === undefined ? kept : besideRelay(bubblewrap, relay, kept);
      const told = trace === undefined ? reached : recordedApart(reached, trace);
      return await runProgram(cell.enter(told), { ...options, env: { PATH: '/usr/bin:/bin' }, filter });
    },
  };
}

type Own = Readonly<Record<'cargoHome' | 'target' | 'dry' | 'home' | 'temporary' | 'etc', string>>;

/** Where programs in the place of rustc are, inside. */
const compilersInside = '/build/compilers';

interface Compilers {
  readonly folder: string;
  /** Whether there is one for programs that are kept. */
  readonly keeps: boolean;
}

function layCompilers({ target, namesCompiler }: RoomInput, own: Own, rustc: string): Compilers {
  const folder = join(own.etc, 'compilers');
  const lay = (name: string, text: string) => {
    mkdirSync(join(folder, name), { recursive: true });
    // What stands in for rustc is called so: it is by that name that its doings are told of.
    writeFileSync(join(folder, name, 'rustc'), text, { mode: 0o755 });
  };
  lay('dry', dryCompiler(rustc));
  if (!namesCompiler) lay('kept', compilerInPlace(rustc, target));
  return { folder, keeps: !namesCompiler };
}

function compilerEnvironment(
  { keeps }: Compilers,
  step: Step | undefined,
  folder: string,
): Readonly<Record<string, string>> {
  if (step === 'dry') return dryEnvironment(join(folder, 'dry/rustc'));
  return step === undefined && keeps ? { RUSTC: join(folder, 'kept/rustc') } : {};
}

/** Without a sandbox cargo sees the machine as it is, but for its home, target folder and variables. */
function openAir(input: RoomInput, own: Own, compilers: Compilers): Room {
  const { cargoHome, cell, folder, toolchain } = input;
  for (const part of ['registry/index', 'git/db']) {
    if (!existsSync(join(cargoHome, part))) continue;
    rmdirSync(join(own.cargoHome, part));
    symlinkSync(join(cargoHome, part), join(own.cargoHome, part));
  }
  return {
    cargoHome: own.cargoHome,
    folder,
    home: own.home,
    writable: [own.target, own.home, own.temporary].map((path) => ({ inside: path, outside: path })),
    made: (path, step) => {
      const target = step === 'dry' ? own.dry : own.target;
      return readMadeFile(path, target, target);
    },
    outside: (path) => path,
    placeOf: (path) => ({ kind: 'here', path }),
    cargo: async (words, { step, trace: _, opened: __, relay: ___, ...options }) => {
      const places = step === 'dry' ? { ...own, target: own.dry } : own;
      const env = {
        ...environmentOf(input, places, toolchain.folder),
        ...compilerEnvironment(compilers, step, compilers.folder),
      };
      return await runProgram(cell.enter([toolchain.cargo, ...words]), { ...options, env, cwd: folder });
    },
  };
}

function mountsOf(input: RoomInput, own: Own): readonly Mount[] {
  const { root, source, toolchain, readable, hidden, work } = input;
  const git = join(root, '.git', 'config');
  const config = join(work, 'git-config');
  const hasConfig = existsSync(git);
  if (hasConfig) writeFileSync(config, withoutRemotes(readFileSync(git, 'utf8')));
  return [
    ...systemMounts(),
    { kind: 'read', from: join(own.etc, 'passwd'), at: '/etc/passwd' },
    { kind: 'read', from: join(own.etc, 'group'), at: '/etc/group' },
    ...readable.map((from): Mount => ({ kind: 'read', from, at: from })),
    ...source.mounts,
    ...hidden.map((path): Mount => ({ kind: 'empty', at: source.at(path) })),
    ...(hasConfig ? [{ kind: 'read', from: config, at: source.at(git) } as const] : []),
    ...(toolchainInside(toolchain) === inside.toolchain
      ? [{ kind: 'read', from: toolchain.folder, at: inside.toolchain } as const]
      : []),
    { kind: 'write', from: own.home, at: input.surroundings.home },
    { kind: 'write', from: own.temporary, at: inside.temporary },
  ];
}

/**
 * The index and repositories are always there to be read alone; cargo's home is written while it unpacks, the target
 * folder afterwards.
 */
function changing({ cargoHome }: RoomInput, own: Own, step: Step | undefined): readonly Mount[] {
  const shared = ['registry/index', 'git/db'].flatMap((part): Mount[] => {
    const from = join(cargoHome, part);
    return existsSync(from) ? [{ kind: 'read', from, at: join(inside.cargoHome, part) }] : [];
  });
  return [
    { kind: step === 'unpack' ? 'write' : 'read', from: own.cargoHome, at: inside.cargoHome },
    ...shared,
    ...(step === 'unpack'
      ? []
      : [{ kind: 'write', from: step === 'dry' ? own.dry : own.target, at: inside.target } as const]),
  ];
}

/**
 * glibc before 2.37 looks for each library in folders for what the processor can do (`tls/haswell/avx512_1/x86_64` and
 * fifteen others) in each folder of `LD_LIBRARY_PATH` and of a program's own: half of all files that a build is seen to
 * open, each of which stops it for the recorder. No toolchain has any there.
 */
const quietLoader: Readonly<Record<string, string>> =
  process.arch === 'x64' ? { GLIBC_TUNABLES: 'glibc.cpu.hwcap_mask=0' } : {};

/** A toolchain of the system is there already. */
function toolchainInside({ folder }: Toolchain): string {
  return isBelow(folder, '/usr') ? folder : inside.toolchain;
}

/** By these programs find a proxy; curl takes `http_proxy` in small letters alone. */
function proxyVariables(relay: RelayPlace | undefined): Readonly<Record<string, string>> {
  if (relay === undefined) return {};
  const names = ['HTTP_PROXY', 'HTTPS_PROXY', 'ALL_PROXY', 'http_proxy', 'https_proxy', 'all_proxy'];
  return Object.fromEntries(names.map((name) => [name, `http://127.0.0.1:${relay.port}`]));
}

function environmentOf(
  { variables }: RoomInput,
  places: Pick<Own, 'cargoHome' | 'target' | 'home' | 'temporary'>,
  toolchain: string,
): Readonly<Record<string, string>> {
  return {
    LANG: 'C.UTF-8',
    TZ: 'UTC',
    ...variables,
    PATH: `${toolchain}/bin:/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin`,
    HOME: places.home,
    TMPDIR: places.temporary,
    CARGO_HOME: places.cargoHome,
    CARGO_TARGET_DIR: places.target,
    CARGO_BUILD_BUILD_DIR: places.target,
    CARGO_NET_OFFLINE: 'true',
    CARGO_TERM_COLOR: 'never',
  };
}
