import { CargoError, quoted } from '../error.ts';
import { cfgKey } from './expression.ts';
import type { Target } from './target.ts';

/**
 * A target that a JSON file describes, by the file's name without `.json` (rustc: compiler/rustc_target/src/spec,
 * `TargetOptions`). Which target features and atomics it has is the CPU's matter: those may be set, or may be not. Throws
 * `CargoError('cargo/target')`.
 */
export function targetFromSpec(triple: string, text: string): Target {
  const spec = parsed(triple, text);
  const own = (key: string, otherwise: string): string => {
    const value = spec[key] ?? otherwise;
    if (typeof value === 'string' || typeof value === 'number') return String(value);
    throw refused(triple, `its ${quoted(key)} is no text`);
  };
  if (spec.arch === undefined) throw refused(triple, 'it names no `arch`');
  const families = [spec['target-family'] ?? []].flat().filter((family) => typeof family === 'string');
  const cfg = new Set([
    'debug_assertions',
    cfgKey('panic', own('panic-strategy', 'unwind')),
    cfgKey('target_abi', own('abi', '')),
    cfgKey('target_arch', own('arch', '')),
    cfgKey('target_endian', own('target-endian', 'little')),
    cfgKey('target_env', own('env', '')),
    cfgKey('target_os', own('os', 'none')),
    cfgKey('target_pointer_width', own('target-pointer-width', '')),
    cfgKey('target_vendor', own('vendor', 'unknown')),
    ...families.map((family) => cfgKey('target_family', family)),
    ...families.filter((family) => family === 'unix' || family === 'windows'),
  ]);
  const { std } = (spec.metadata ?? {}) as { readonly std?: unknown };
  return { triple, cfg, isOpen: (name) => open.has(name), std: typeof std === 'boolean' ? std : undefined };
}

const open = new Set(['target_feature', 'target_has_atomic']);

function parsed(triple: string, text: string): Readonly<Record<string, unknown>> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new CargoError('cargo/target', `${quoted(`${triple}.json`)} is no JSON`, undefined, cause);
  }
  if (typeof value !== 'object' || value === null) throw refused(triple, 'it is no table');
  return value as Readonly<Record<string, unknown>>;
}

function refused(triple: string, reason: string): CargoError {
  return new CargoError('cargo/target', `${quoted(`${triple}.json`)} describes no target: ${reason}`);
}
