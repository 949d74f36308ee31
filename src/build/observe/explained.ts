import { posix } from 'node:path';
import { compilers } from '../../rust/toolchain.ts';

/** What known build tools run, by the kind and name of the capability that names them. */
const tools: readonly (readonly [what: RegExp, runs: RegExp])[] = [
  // Crates that call a compiler.
  [/^native-build /, compilers],
  [/^native-build cmake/, /^(?:cmake|c?make|gmake|ninja|nmake|sh|bash|uname|ctest)$/],
  [/^native-build (?:autotools|openssl_src|meson)/, /^./],
  [/^native-library /, /^(?:.*-)?pkg(?:-config|conf)$/],
  [/^probes-compiler /, /^(?:rustc|clippy-driver|rustup)$/],
  // libclang is found by asking programs.
  [/^bindings /, /^(?:rustc|clang(?:-[\d.]+)?|llvm-config(?:-[\d.]+)?|rustfmt|xcode-select)$/],
  [
    /^(?:compiler-directive (?:vergen|build_info)|writes-out-dir (?:shadow_rs|built)$)/,
    /^(?:git|rustc|rustdoc|cargo|rustup|grep|awk)$/,
  ],
  [/^compiler-directive pyo3/, /^python/],
  [/^writes-out-dir (?:prost|tonic|protobuf|protoc|capnp)/, /^(?:protoc|rustfmt|capnp)/],
];

/** Whether a known tool that a capability names runs that program. */
export function isExplainedBy(shape: string, program: string): boolean {
  const name = posix.basename(program);
  return tools.some(([what, runs]) => what.test(shape) && runs.test(name));
}
