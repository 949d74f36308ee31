import { baseName } from './capability/programs.ts';

/** Names of compilers and linkers, with a target before them and a version behind. */
export const compilers =
  /^(?:[\w.]+-)*(?:cc|c\+\+|gcc|g\+\+|clang|clang\+\+|clang-cl|cpp|ar|gcc-ar|llvm-ar|ranlib|gcc-ranlib|llvm-ranlib|llvm-lib|as|ld|ld\.\w+|lld|lld-link|rust-lld|collect2|cc1|cc1plus|lto1|lto-wrapper|objcopy|objdump|nm|strip|dlltool|windres|rc|install_name_tool|lipo|libtool|otool|nvcc|hipcc|nasm|yasm|cl|link|lib|ml|ml64|armasm64|dumpbin|emcc|em\+\+|emar)(?:-[\d.]+)?$/;
const others =
  /^(?:rustc|rustdoc|rustfmt|rustup|cargo|clippy-driver|pkg-config|pkgconf|llvm-config(?:-[\d.]+)?|xcrun|xcode-select|protoc|bindgen|cbindgen|uname)$/;
const variables =
  /^\$\{?(?:(?:HOST|TARGET|BUILD)_?)?(?:CARGO|RUSTC|RUSTDOC|RUSTFMT|RUSTC_LINKER|RUSTC(?:_WORKSPACE)?_WRAPPER|CC|CXX|CPP|CXXCPP|AR|RANLIB|LD|NM|STRIP|AS|OBJCOPY|NVCC|NASM|PKG_CONFIG|LLVM_CONFIG(?:_PATH)?|PROTOC)(?:_[A-Za-z0-9_]+)?\}?$/;

/** Where a system has its programs. */
export const systemFolder = /^\/(?:usr|bin|opt|Library|Applications)\//;

/**
 * Whether a program, as a review names it, belongs to a toolchain for Rust or C: its use needs no words. What runs commands out of
 * lists (make, cmake, ninja) does not.
 */
export function isToolchain(program: string): boolean {
  if (program === 'the C compiler' || variables.test(program)) return true;
  // What lies at a place of its own is what the package brings.
  if (/[\\/]/.test(program) && !systemFolder.test(program)) return false;
  if (program.startsWith('$')) return false;
  const name = baseName(program);
  return compilers.test(name) || others.test(name);
}
