#!/usr/bin/env bash
# packageurl-js 2.0.1 (npm) reads a plus sign in a qualifier's value as a space; packageurl-python 0.17.6 (PyPI) keeps it.
#
# Guess: a plus is a plus, since a package URL is percent-encoded (purl-spec, "Character encoding"), not form-encoded.
# Seen: `?vcs_url=git+https://…` is `git https://…` in the one and `git+https://…` in the other; in a version both keep it.
# So: a purl of a git dependency survives every reader only with its plus written %2B, and two tools that exchange the
# other spelling no longer agree on where a crate is from.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm install --prefix "$work" --no-save --ignore-scripts --no-audit --no-fund --loglevel=error packageurl-js@2.0.1 >/dev/null
python3 -m pip install --quiet --disable-pip-version-check --no-deps --target "$work/py" packageurl-python==0.17.6

cat >"$work/read.mjs" <<'JS'
import { PackageURL } from 'packageurl-js';
for (const text of process.argv.slice(2)) {
  const { version, qualifiers } = PackageURL.fromString(text);
  console.log(`${version} ${qualifiers?.vcs_url ?? '-'}`);
}
JS
cat >"$work/read.py" <<'PY'
import sys
from packageurl import PackageURL
for text in sys.argv[1:]:
    purl = PackageURL.from_string(text)
    print(purl.version, purl.qualifiers.get("vcs_url", "-"))
PY
plain='pkg:cargo/demo@1.0.0+abi.2?vcs_url=git+https://example.org/demo.git'
encoded='pkg:cargo/demo@1.0.0%2Babi.2?vcs_url=git%2Bhttps://example.org/demo.git'
node "$work/read.mjs" "$plain" "$encoded" | tee js.txt
PYTHONPATH=$work/py python3 "$work/read.py" "$plain" "$encoded" | tee py.txt

diff js.txt - <<'OUT'
1.0.0+abi.2 git https://example.org/demo.git
1.0.0+abi.2 git+https://example.org/demo.git
OUT
diff py.txt - <<'OUT'
1.0.0+abi.2 git+https://example.org/demo.git
1.0.0+abi.2 git+https://example.org/demo.git
OUT
echo 'as described'
