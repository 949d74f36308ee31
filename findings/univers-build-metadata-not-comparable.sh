#!/usr/bin/env bash
# univers 32.0.1 (PyPI): two Cargo versions that differ in their build metadata are neither equal, nor less, nor greater,
# while both are `<=` and `>=` each other.
#
# Guess: they are equal, since build metadata has no precedence (Semantic Versioning 2.0.0, item 10).
# Seen: `==`, `<` and `>` are all false. So `vers:cargo/1.5.7` does not hold 1.5.7+zstd.1, and
# `vers:cargo/>=1.5.7` and `vers:cargo/<=1.5.7` both do.
# So: a range that names releases one by one misses just the crates that carry a C library's version behind their plus,
# and a sorted list of versions depends on the order that it was in before.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m pip install --quiet --disable-pip-version-check --target "$work/py" univers==32.0.1

cat >"$work/compare.py" <<'PY'
from univers.version_range import CargoVersionRange
from univers.versions import SemverVersion
a, b = SemverVersion("1.5.7+a"), SemverVersion("1.5.7+b")
print("== < >", a == b, a < b, a > b)
print("<= >=", a <= b, a >= b)
print("sorted", [str(v) for v in sorted([b, a])], [str(v) for v in sorted([a, b])])
for text in ("1.5.7", ">=1.5.7", "<=1.5.7"):
    print(text, SemverVersion("1.5.7+zstd.1") in CargoVersionRange.from_string(f"vers:cargo/{text}"))
PY
PYTHONPATH=$work/py python3 "$work/compare.py" | tee out.txt

diff out.txt - <<'OUT'
== < > False False False
<= >= True True
sorted ['1.5.7+b', '1.5.7+a'] ['1.5.7+a', '1.5.7+b']
1.5.7 False
>=1.5.7 True
<=1.5.7 True
OUT
echo 'as described'
