#!/usr/bin/env bash
# debversion 0.5.5 (crates.io) orders Debian versions apart that dpkg calls equal: those of which one has a zero where the other has no number at all.
#
# Guess: a number that is not there counts as zero (deb-version(7), Debian Policy 5.6.12).
# Seen: 1.2+dfsg and 1.2+dfsg0, 1.0~rc and 1.0~rc0, 1b and 1b0 are equal to dpkg, and less and greater to the crate; python-debian 1.1.1 (PyPI) agrees with dpkg.
# So: an upgrade is seen where there is none, and a version is outside of a range whose bound it is.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m pip install --quiet --disable-pip-version-check --target "$work/py" python-debian==1.1.1
mkdir src
cat >Cargo.toml <<'TOML'
[package]
name = "peer"
version = "0.1.0"
edition = "2021"
[dependencies]
debversion = { version = "=0.5.5", default-features = false }
TOML
cat >src/main.rs <<'RS'
use debversion::Version;
fn main() {
    let all: Vec<String> = std::env::args().skip(1).collect();
    for pair in all.chunks(2) {
        let (a, b): (Version, Version) = (pair[0].parse().unwrap(), pair[1].parse().unwrap());
        println!("crate {:?}", a.cmp(&b));
    }
}
RS
cat >compare.py <<'PY'
import sys
from debian.debian_support import NativeVersion
for a, b in zip(sys.argv[1::2], sys.argv[2::2]):
    print("python-debian", "Equal" if NativeVersion(a) == NativeVersion(b) else "apart")
PY
pairs=(1.2+dfsg 1.2+dfsg0 1.0~rc 1.0~rc0 1b-1 1b0-1 1.0 1.0-0 1.0 1.00)
for ((i = 0; i < ${#pairs[@]}; i += 2)); do
  dpkg --compare-versions "${pairs[i]}" eq "${pairs[i + 1]}" && echo "${pairs[i]} ${pairs[i + 1]}: dpkg Equal"
done >dpkg.txt
cargo run --quiet -- "${pairs[@]}" >crate.txt
PYTHONPATH=$work/py python3 compare.py "${pairs[@]}" >python.txt
paste -d, dpkg.txt python.txt crate.txt | sed 's/,/, /g' | tee out.txt

diff out.txt - <<'OUT'
1.2+dfsg 1.2+dfsg0: dpkg Equal, python-debian Equal, crate Less
1.0~rc 1.0~rc0: dpkg Equal, python-debian Equal, crate Less
1b-1 1b0-1: dpkg Equal, python-debian Equal, crate Less
1.0 1.0-0: dpkg Equal, python-debian Equal, crate Equal
1.0 1.00: dpkg Equal, python-debian Equal, crate Equal
OUT
echo 'as described'
