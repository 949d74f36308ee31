import { posix } from 'node:path';
import { compilers } from '../../rust/toolchain.ts';

/** Whether a compiler or linker of the system or the toolchain is meant: one of that name elsewhere is any program. */
export function isSystemCompiler(program: string): boolean {
  return compilers.test(posix.basename(program)) && isOfSystem(program);
}

/** Whether a program lies where a system, or a toolchain, keeps its programs; one without a folder is found there. */
export function isOfSystem(program: string): boolean {
  return (
    !program.includes('/') || /^\/(?:usr|bin|sbin|opt|lib|nix)\/|\/(?:rustlib|toolchains?)\//.test(program)
  );
}
