#!/usr/bin/env bash
# helm 3.19.2, built from the Go module proxy, renders charts without a cluster as if for Kubernetes v1.20.0.
#
# Guess: without a cluster it takes the Kubernetes that its own libraries are of, as the released programs do (its go.mod asks for
# k8s.io/client-go v0.34).
# Seen: `.Capabilities.KubeVersion` is v1.20.0: the version is put in by flags of the linker, and what stands in the source is that. A chart
# that says `kubeVersion: ">=1.25.0-0"` is refused by `helm template`, though `helm lint --strict` takes it.
# So: whoever builds helm so names the version: `helm template --kube-version 1.34.0`.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
echo 'module peer' >go.mod
go get helm.sh/helm/v3/cmd/helm@v3.19.2 2>/dev/null
go build -o helm helm.sh/helm/v3/cmd/helm
grep -o 'k8s.io/client-go v0\.[0-9]*' go.mod

mkdir -p chart/templates
cat >chart/Chart.yaml <<'YAML'
apiVersion: v2
name: chart
version: 0.1.0
YAML
cat >chart/templates/map.yaml <<'YAML'
apiVersion: v1
kind: ConfigMap
metadata: { name: map }
data: { version: {{ .Capabilities.KubeVersion.Version }} }
YAML
{
  ./helm template chart | grep version:
  ./helm template chart --kube-version 1.34.0 | grep version:
  echo 'kubeVersion: ">=1.25.0-0"' >>chart/Chart.yaml
  ./helm lint --strict chart | tail -1
  ./helm template chart 2>&1 | head -1 || true
} | tee out.txt

diff out.txt - <<'OUT'
data: { version: v1.20.0 }
data: { version: v1.34.0 }
1 chart(s) linted, 0 chart(s) failed
Error: chart requires kubeVersion: >=1.25.0-0 which is incompatible with Kubernetes v1.20.0
OUT
echo 'as described'
