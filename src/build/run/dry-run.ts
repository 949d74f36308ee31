import { quoted } from '../sh.ts';

// A run of cargo in which nothing is compiled and nothing of a crate runs: cargo goes through all of a build, and
// writes down what it is made of.

/**
 * Variables of such a run. Cargo's lists of crates (`-Zsbom`) and its unit graph are unstable, which this opens in a
 * stable cargo; never in a build that is kept.
 */
export function dryEnvironment(compiler: string): Readonly<Record<string, string>> {
  return {
    RUSTC_BOOTSTRAP: '1',
    RUSTC: compiler,
    // Empty: what the project is configured with would be handed this compiler.
    RUSTC_WRAPPER: '',
    RUSTC_WORKSPACE_WRAPPER: '',
  };
}

/**
 * A program in the place of rustc, for sh: questions go to the real one, as a build asks them (rustc prints other cfgs
 * where it is opened), and where a program was to be compiled there is one that does nothing, since cargo starts build
 * scripts. Cargo goes on without a library's file.
 */
export function dryCompiler(rustc: string): string {
  return `#!/bin/sh
unset RUSTC_BOOTSTRAP
for word in "$@"; do
  case $word in -vV | --version | --print | --print=*) exec ${quoted(rustc)} "$@" ;; esac
done
for word in "$@"; do
  case $before in
    --out-dir) out=$word ;;
    --crate-name) name=$word ;;
    --crate-type) kind=$word ;;
    -C) case $word in extra-filename=*) extra=\${word#extra-filename=} ;; esac ;;
  esac
  before=$word
done
[ "$kind" = bin ] || exit 0
printf '#!/bin/sh\\n' > "$out/$name$extra" && chmod +x "$out/$name$extra"
`;
}
