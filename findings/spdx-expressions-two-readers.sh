#!/usr/bin/env bash
# license-expression 30.4.4 (PyPI) and spdx-expression-parse 4.0.0 (npm) each refuse valid SPDX expressions that the other
# one takes.
#
# Guess: both take the grammar of the specification (SPDX 2.3, annex D): `+` behind any licence id, LicenseRef-…, ids in
# any case, operators as they are written there.
# Seen: license-expression knows `+` only as part of ids that it has (`GPL-2.0+`), so that MPL-2.0+ and Apache-1.1+ are
# unknown to it, as LicenseRef-demo is; spdx-expression-parse takes all three and refuses ids in lower case, though it takes
# an operator in lower case. GPL-2.0 becomes GPL-2.0-only in the one and stays in the other.
# So: a licence that passes one gate stops at the next, and only ids and operators as the list has them pass both.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm install --prefix "$work" --no-save --ignore-scripts --no-audit --no-fund --loglevel=error \
  spdx-expression-parse@4.0.0 spdx-license-ids@3.0.22 spdx-exceptions@2.5.0 >/dev/null
python3 -m pip install --quiet --disable-pip-version-check --target "$work/py" license-expression==30.4.4 boolean.py==5.0

cat >"$work/read.mjs" <<'JS'
import parse from 'spdx-expression-parse';
for (const text of process.argv.slice(2)) {
  try {
    const { license, plus, conjunction } = parse(text);
    console.log(license === undefined ? conjunction : `${license}${plus ? ' plus' : ''}`);
  } catch {
    console.log('refused');
  }
}
JS
cat >"$work/read.py" <<'PY'
import sys
from license_expression import get_spdx_licensing
licensing = get_spdx_licensing()
for text in sys.argv[1:]:
    said = licensing.validate(text)
    print("refused" if said.errors else said.normalized_expression)
PY
texts=(MIT MPL-2.0+ Apache-1.1+ LicenseRef-demo 'mit OR apache-2.0' 'MIT or Apache-2.0' GPL-2.0 GPL-2.0+)
printf '%s\n' "${texts[@]}" >texts.txt
node "$work/read.mjs" "${texts[@]}" >npm.txt
PYTHONPATH=$work/py python3 "$work/read.py" "${texts[@]}" >pypi.txt
paste -d'|' texts.txt npm.txt pypi.txt | tee out.txt

diff out.txt - <<'OUT'
MIT|MIT|MIT
MPL-2.0+|MPL-2.0 plus|refused
Apache-1.1+|Apache-1.1 plus|refused
LicenseRef-demo|LicenseRef-demo|refused
mit OR apache-2.0|refused|MIT OR Apache-2.0
MIT or Apache-2.0|or|MIT OR Apache-2.0
GPL-2.0|GPL-2.0|GPL-2.0-only
GPL-2.0+|GPL-2.0 plus|GPL-2.0-or-later
OUT
echo 'as described'
