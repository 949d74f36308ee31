import { packageNoteText } from '../../binary/note.ts';
import { quoted } from '../sh.ts';

/** What is asked of every link of a program: an id that its contents decide, whichever linker it is, and whose it is. */
function wanted(target: string): readonly string[] {
  const [architecture = ''] = target.split('-');
  const note = packageNoteText({ type: 'cargo', name: '$NAME', version: '$VERSION', architecture });
  // `-Wl,` would take the note apart at its commas.
  return ['-Xlinker', '--build-id=sha1', '-Xlinker', `--package-metadata=${note}`];
}

/**
 * A program in the place of rustc, for sh: the real one, which makes its temporary folder where it may, and with words
 * for the linker (`linked`).
 *
 * Build scripts that try what a compiler knows (rustix, cap-std) have it write to `-`. rustc makes a folder beside its
 * output even then, so that it would fail where the package lies, and the crate would be compiled as by an older
 * compiler. What is compiled is read from standard input there, so that nothing is looked for in that folder.
 */
export function compilerInPlace(rustc: string, target: string): string {
  return `#!/bin/sh
rustc=${quoted(rustc)}
case " $* " in *' -o - - ' | *' -o - '*' - ') [ -w . ] || cd "\${TMPDIR:-/tmp}" ;; esac
${/-linux-|-android/.test(target) ? linked(target) : 'exec "$rustc" "$@"\n'}`;
}

/**
 * The rest of that program where a program or a library for others than Rust is linked. In cargo's own configuration
 * these words would take the place of the project's flags, and reach build scripts. A linker that knows no such words
 * links without them; of other targets than these none does.
 */
function linked(target: string): string {
  const words = wanted(target).map((word) =>
    // Cargo's variables name the package; names and versions have no quotes.
    quoted(word).replace('$NAME', `'"$CARGO_PKG_NAME"'`).replace('$VERSION', `'"$CARGO_PKG_VERSION"'`),
  );
  return `kind=$CARGO_BIN_NAME
if [ -z "$kind" ] && [ -n "$CARGO_PRIMARY_PACKAGE" ]; then
  case " $* " in *' --crate-type cdylib '*) kind=cdylib ;; esac
fi
[ -n "$kind" ] || exec "$rustc" "$@"
said=$(mktemp) || exec "$rustc" "$@"
"$rustc" "$@" ${words.map((word) => `-C link-arg=${word}`).join(' ')} 2> "$said"
code=$?
if [ "$code" != 0 ] && grep -q 'linking with' "$said"; then
  rm -f "$said"
  exec "$rustc" "$@"
fi
cat "$said" >&2
rm -f "$said"
exit "$code"
`;
}
