#!/usr/bin/env bash
# kubeconform 0.7.0 says "could not find schema" of a schema that is there, where that is none or refers to what is not there.
#
# Guess: a file that is read and is no valid JSON Schema, or whose reference leads to no file, is named with what is wrong of it.
# Seen: each resource of that kind is an error with the words for a kind that has no schema, whatever is wrong; a reference to a
# neighbour that is there is followed.
# So: with schemas of one's own, "could not find" may mean one that does not compile.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
echo 'module peer' >go.mod
go get github.com/yannh/kubeconform/cmd/kubeconform@v0.7.0 2>/dev/null
go build -o kubeconform github.com/yannh/kubeconform/cmd/kubeconform

mkdir good gone none missing
echo '{"$ref": "other.json#/$defs/Map"}' | tee good/configmap-v1.json gone/configmap-v1.json >/dev/null
echo '{"$defs": {"Map": {"type": "object", "required": ["data"]}}}' >good/other.json
echo '{"type": "nothing"}' >none/configmap-v1.json
printf 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: map }\ndata: { a: b }\n' >map.yaml

for folder in good gone none missing; do
  echo "$folder: $(./kubeconform -verbose -schema-location "$folder/{{.ResourceKind}}{{.KindSuffix}}.json" map.yaml)" || true
done | tee out.txt

diff out.txt - <<'OUT'
good: map.yaml - ConfigMap map is valid
gone: map.yaml - ConfigMap map failed validation: could not find schema for ConfigMap
none: map.yaml - ConfigMap map failed validation: could not find schema for ConfigMap
missing: map.yaml - ConfigMap map failed validation: could not find schema for ConfigMap
OUT
echo 'as described'
