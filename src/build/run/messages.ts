/** What cargo says while it builds (cargo: src/util/machine_message.rs), as far as a build goes by it. */
export type CargoMessage =
  | {
      readonly kind: 'artefact';
      readonly package: CompiledPackage;
      /** `lib`, `bin`, `proc-macro`, `custom-build`, `cdylib`, … */
      readonly kinds: readonly string[];
      readonly target: string;
      readonly features: readonly string[];
      readonly files: readonly string[];
      /** Whether its profile asks for debug information of functions, not of lines alone. */
      readonly describesFunctions: boolean;
      readonly executable: string | undefined;
    }
  /** What a build script told cargo of libraries: `static=z`, `dylib=ssl`, `z`. */
  | {
      readonly kind: 'script';
      readonly package: CompiledPackage;
      readonly libraries: readonly string[];
      /** Where libraries are looked for: `native=/usr/lib`, `/opt/lib`. */
      readonly paths: readonly string[];
      readonly outDir: string;
      /** Variables that it sets for the compiler of its package. */
      readonly env: readonly (readonly [name: string, value: string])[];
    };

/** A package by its id: its address, name and version. */
export interface CompiledPackage {
  readonly id: string;
  readonly name: string;
  readonly version: string;
}

/** Reads a line of `--message-format json-render-diagnostics`; `undefined` for what says nothing of the kind. */
export function readMessage(line: string): CargoMessage | undefined {
  if (!line.startsWith('{')) return undefined;
  let value: Record<string, unknown>;
  try {
    value = JSON.parse(line) as Record<string, unknown>;
  } catch {
    return undefined;
  }
  const pkg = packageOfId(text(value.package_id));
  if (pkg === undefined) return undefined;
  if (value.reason === 'build-script-executed')
    return {
      kind: 'script',
      package: pkg,
      libraries: texts(value.linked_libs),
      paths: texts(value.linked_paths),
      outDir: text(value.out_dir),
      env: pairs(value.env),
    };
  if (value.reason !== 'compiler-artifact') return undefined;
  const target = (value.target ?? {}) as Record<string, unknown>;
  const { debuginfo } = (value.profile ?? {}) as Record<string, unknown>;
  const executable = text(value.executable);
  return {
    kind: 'artefact',
    package: pkg,
    kinds: texts(target.kind),
    target: text(target.name),
    features: texts(value.features),
    files: texts(value.filenames),
    // Of lines it has words, and of functions numbers (cargo: `ArtifactDebuginfo`).
    describesFunctions: debuginfo === 1 || debuginfo === 2,
    executable: executable === '' ? undefined : executable,
  };
}

/**
 * A package id specification (cargo: `PackageIdSpec`): `registry+https://…#name@1.0.0`; where the last part of the address is the
 * name, only `path+file:///x/name#1.0.0`. Older cargos print `name 1.0.0 (registry+https://…)`, in messages before 1.77, in unit
 * graphs also 1.85.
 */
export function packageOfId(id: string): CompiledPackage | undefined {
  const older = olderId(id);
  if (older !== undefined) return { id, name: older.name, version: older.version };
  const hash = id.lastIndexOf('#');
  if (hash === -1) return undefined;
  const fragment = id.slice(hash + 1);
  const at = fragment.indexOf('@');
  if (at !== -1) return { id, name: fragment.slice(0, at), version: fragment.slice(at + 1) };
  const address = id.slice(0, hash).replace(/\?.*$/s, '').replace(/\/$/, '');
  const name = address.slice(address.lastIndexOf('/') + 1).replace(/\.git$/, '');
  return name === '' ? undefined : { id, name, version: fragment };
}

/** The address in a package id, with whatever stands behind it. */
export function sourceOfId(id: string): string {
  return olderId(id)?.source ?? id;
}

function olderId(id: string): { name: string; version: string; source: string } | undefined {
  const [, name, version, source] = /^(\S+) (\S+) \((.+)\)$/s.exec(id) ?? [];
  if (name === undefined || version === undefined || source === undefined) return undefined;
  return { name, version, source };
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function pairs(value: unknown): readonly (readonly [string, string])[] {
  if (!Array.isArray(value)) return [];
  return value.flatMap((one) => {
    const [name, said] = texts(one);
    return name === undefined || said === undefined ? [] : [[name, said] as const];
  });
}

function texts(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((each) => typeof each === 'string') : [];
}
