import { pathTakenFor } from '../../cargo/archive-path.ts';
import type { ArchiveFile, CrateManifest } from '../../cargo/crate-archive.ts';

/** What of a release runs on the machine that builds it. */
export interface BuildCode {
  /** Path of the build script, as its manifest or cargo's default has it; absent when there is none. */
  readonly buildScript?: string | undefined;
  /** Whether the build script is there. */
  readonly buildScriptMissing: boolean;
  readonly procMacro: boolean;
}

/** Reads what a manifest says (cargo: util/toml/targets.rs): `build`, else `build.rs` where it exists; `proc-macro`. */
export function buildCode(
  files: readonly Pick<ArchiveFile, 'path'>[],
  manifest: Pick<CrateManifest, 'toml'> | undefined,
): BuildCode {
  const toml = manifest?.toml ?? {};
  const has = (path: string) => files.some((file) => file.path === path);
  const found = pathTakenFor(
    'build.rs',
    files.map(({ path }) => path),
  );
  const script = buildScript(record(toml.package ?? toml.project).build, found);
  const procMacro = isProcMacro(record(toml.lib));
  return script === undefined
    ? { buildScriptMissing: false, procMacro }
    : { buildScript: script, buildScriptMissing: !has(script), procMacro };
}

/** Several build scripts (`build = […]`) are unstable in cargo; the first stands for them. */
function buildScript(build: unknown, found: string | undefined): string | undefined {
  const first = Array.isArray(build) ? (build[0] as unknown) : build;
  if (typeof first === 'string') return first.replaceAll('\\', '/').replace(/^(?:\.\/)+/, '');
  if (first === true) return found ?? 'build.rs';
  return first === undefined ? found : undefined;
}

/** Cargo still reads the spelling with `_`, and the crate type. */
function isProcMacro(lib: Readonly<Record<string, unknown>>): boolean {
  const types = lib['crate-type'] ?? lib.crate_type;
  const named = lib['proc-macro'] ?? lib.proc_macro;
  return named === true || (Array.isArray(types) && types.includes('proc-macro'));
}

function record(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
}
