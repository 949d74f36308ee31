/** Programs that belong to every build by a script, which nobody needs to be told of: what they do is the script's own. */
const ordinary: ReadonlySet<string> = new Set(
  [
    // The shell's own words and what POSIX has beside them.
    ': . [ [[ alias as_fn_error as_fn_exit as_fn_append as_fn_set_status bg break cd command compgen complete continue declare',
    'dirs echo env eval exec exit export false fc fg function getopts hash help history if jobs let local mapfile popd printenv printf pushd',
    'pwd read readarray readonly return select set setlocal endlocal shift shopt source test time times trap true type typeset ulimit umask',
    'unalias unset wait emulate setopt unsetopt autoload rem goto call for pause title setx ver vol cls rd md del copy move ren xcopy robocopy where dir',
    'arch awk base32 base64 basename bc cat chgrp chmod chown cksum cmp comm cp csplit cut date dc dd df diff diff3 dirname du ed egrep expand expr',
    'factor fgrep file find fmt fold gawk getconf getopt grep groups gsed head hostid hostname id install join kill less link ln locale',
    'logname ls m4 man mawk mkdir mkfifo mknod mktemp more mv nawk nl nproc numfmt od paste patch pathchk pr printf ps ptx readelf readlink',
    'realpath rm rmdir sed seq sha1sum sha224sum sha256sum sha384sum sha512sum md5sum shasum shred shuf sleep sort split stat stdbuf strings stty',
    'sum sync tac tail tee touch tput tr tsort tty uname unexpand uniq unlink users uuidgen vdir vi wc which whoami xargs yes ex sysctl sw_vers',
    'tar gzip gunzip zcat bzip2 bunzip2 xz unxz zip unzip cpio zstd 7z lipo otool xcrun xcodebuild xcode-select codesign ldd ldconfig ldconfig.real',
    'automake autoconf aclocal autoheader autoreconf autom4te libtool libtoolize intltoolize gettext ngettext envsubst msgfmt xgettext makeinfo texi2dvi bison yacc flex lex swig',
    'byacc gperf re2c doxygen help2man pod2man ltmain.sh config.status config.guess config.sub configure libtoolize glibtoolize',
    'usr/bin/uname bin/uname bin/arch usr/bin/hostinfo bin/machine usr/bin/oslevel bin/universe uname2 usr/bin/arch machine hostinfo oslevel universe',
  ]
    .join(' ')
    .split(' '),
);

export function isOrdinary(program: string): boolean {
  return ordinary.has(program);
}
