import { systemFolder } from '../toolchain.ts';

// What scripts and lists write where they mean something that the package brings, and not the machine.

/** Whether a program is named by a place that is none of the system's: `./cc`, `native/cc`. */
export function isOwnProgram(program: string): boolean {
  return program.includes('/') && !systemFolder.test(program) && !program.startsWith('/sbin/');
}

/** Whether a variable of a shell's or of make's is given a place of the package: `./gcc`, `$srcdir/gcc`. */
export function isOwnPlace(value: string): boolean {
  return /^(?:\.{1,2}\/|[\w.-]+\/|\$\{?(?:\w*srcdir|PWD)\}?\/|\$\(pwd\)\/)/.test(value);
}

/** Whether a `PATH` of a shell's has a folder of the package, in which programs are found before those of the system. */
export function hasOwnFolder(value: string): boolean {
  return /(?:^|[:;])(?:\.{1,2}(?:[\\/:;]|$)|[\w-]+\/|\$\{?(?:\w*srcdir|PWD)\b|\$\(pwd\))/.test(value);
}

/** Whether a value of CMake's is, or has, a place of the package. */
export function isOwnInCmake(value: string): boolean {
  return /^(?:\.{1,2}(?:[\\/:;]|$)|[\w.-]+[\\/])|\$\{\w*(?:SOURCE|LIST)_DIR\}/.test(value);
}
