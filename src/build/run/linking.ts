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
 * A program in the place of rustc, for sh: the real one, with words for the linker where a program or a library for others than Rust is linked. In
 * cargo's own configuration they would take the place of the project's flags, and reach build scripts. A linker that knows no such words links without them.
 * `undefined` for targets whose linkers have none.
 */
export function linkingCompiler(rustc: string, target: string): string | undefined {
  if (!/-linux-|-android/.test(target)) return undefined;
  const words = wanted(target).map((word) =>
    // Cargo's variables name the package; names and versions have no quotes.
    quoted(word).replace('$NAME', `'"$CARGO_PKG_NAME"'`).replace('$VERSION', `'"$CARGO_PKG_VERSION"'`),
  );
  return `#!/bin/sh
rustc=${quoted(rustc)}
kind=$CARGO_BIN_NAME
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
