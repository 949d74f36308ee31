#!/usr/bin/env bash
# The two official schemas of CycloneDX 1.7 (in @cyclonedx/cyclonedx-library 10.3.0, npm) disagree on which addresses are
# valid: the JSON schema under the library's strict validator takes texts that libxml2 (lxml 6.0.2, PyPI) refuses
# under the XML schema.
#
# Guess: `iri-reference` in the one and `xs:anyURI` in the other refuse the same addresses, and spaces above all.
# Seen: brackets in a path, a second `#` and a broken percent-encoding are valid in JSON and invalid in XML; characters
# outside ASCII are valid in both.
# So: a document that was valid as JSON may be invalid when it is converted to XML, for one homepage in one component.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm install --prefix "$work" --no-save --ignore-scripts --no-audit --no-fund --loglevel=error \
  @cyclonedx/cyclonedx-library@10.3.0 ajv@8.20.0 ajv-formats@3.0.1 ajv-formats-draft2019@1.6.1 >/dev/null
python3 -m pip install --quiet --disable-pip-version-check --no-deps --only-binary :all: --target "$work/py" lxml==6.0.2

cat >"$work/json.mjs" <<'JS'
import { Validation } from '@cyclonedx/cyclonedx-library';
const strict = new Validation.JsonStrictValidator('1.7');
for (const url of process.argv.slice(2)) {
  const externalReferences = [{ type: 'website', url }];
  const components = [{ type: 'library', name: 'demo', externalReferences }];
  const bom = { bomFormat: 'CycloneDX', specVersion: '1.7', version: 1, components };
  console.log((await strict.validate(JSON.stringify(bom))) === null ? 'json valid' : 'json invalid');
}
JS
cat >"$work/xml.py" <<'PY'
import sys
from lxml import etree
schema = etree.XMLSchema(etree.parse(sys.argv[1]))
ns = "http://cyclonedx.org/schema/bom/1.7"
for url in sys.argv[2:]:
    bom = etree.Element(f"{{{ns}}}bom", version="1")
    component = etree.SubElement(etree.SubElement(bom, f"{{{ns}}}components"), f"{{{ns}}}component", type="library")
    etree.SubElement(component, f"{{{ns}}}name").text = "demo"
    references = etree.SubElement(component, f"{{{ns}}}externalReferences")
    reference = etree.SubElement(references, f"{{{ns}}}reference", type="website")
    etree.SubElement(reference, f"{{{ns}}}url").text = url
    print("xml valid" if schema.validate(bom) else "xml invalid")
PY
urls=(https://example.org/é 'https://example.org/[x]' 'https://example.org/a#b#c' 'https://example.org/%zz')
printf '%s\n' "${urls[@]}" >urls.txt
node "$work/json.mjs" "${urls[@]}" >json.txt
PYTHONPATH=$work/py python3 "$work/xml.py" \
  "$work/node_modules/@cyclonedx/cyclonedx-library/res/schema/bom-1.7.SNAPSHOT.xsd" "${urls[@]}" >xml.txt
paste urls.txt json.txt xml.txt | tee out.txt

diff out.txt - <<'OUT'
https://example.org/é	json valid	xml valid
https://example.org/[x]	json valid	xml invalid
https://example.org/a#b#c	json valid	xml invalid
https://example.org/%zz	json valid	xml invalid
OUT
echo 'as described'
