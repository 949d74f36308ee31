import type { Refusal } from '../record/report.ts';
import type { CargoMessage } from './messages.ts';
import { entryFor, type Permit } from './permits.ts';

/** Variables by which a compiler, its linker or what they run loads or runs something else. */
const loading =
  /^(?:LD_[A-Z_]*|DYLD_[A-Z_]*|RUSTC[A-Z_]*|RUSTDOC[A-Z_]*|RUSTFLAGS|CARGO_ENCODED_RUSTFLAGS|PATH|GCC_EXEC_PREFIX|COMPILER_PATH)$/;

/** Which build scripts had something loaded into the compiler of their packages (`cargo::rustc-env`), and no policy lets them. */
export function loadedBy(messages: readonly CargoMessage[], permits: readonly Permit[]): readonly Refusal[] {
  return messages.flatMap((message): readonly Refusal[] => {
    if (message.kind !== 'script') return [];
    const { name, version } = message.package;
    const allowed = entryFor(permits, 'build-script', { name, version })?.load ?? [];
    return message.env
      .filter(([variable]) => loading.test(variable) && !allowed.includes(variable))
      .map(([variable, value]) => ({
        by: { kind: 'build-script', crates: [{ name, version }] },
        act: { kind: 'load', variable, value },
        isAllowable: true,
      }));
  });
}
