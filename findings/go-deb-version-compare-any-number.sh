#!/usr/bin/env bash
# go-deb-version (github.com/knqyf263/go-deb-version, 2024-11-15, Go modules) says that Compare returns -1, 0 or +1, and returns other numbers.
#
# Guess: one of the three that its comment names, as the two libraries beside it for rpm and apk do.
# Seen: where epochs, numbers or characters differ it is their difference: -9, -114, 591. The sign is dpkg's; LessThan and GreaterThan, which look at the sign, are right.
# So: `Compare(…) == -1`, a switch over the three values, or a sort key made of it is wrong for most pairs of versions, and right in a test with 1.0 and 1.1.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
echo 'module peer' >go.mod
cat >main.go <<'GO'
package main

import (
	"fmt"

	apk "github.com/knqyf263/go-apk-version"
	deb "github.com/knqyf263/go-deb-version"
	rpm "github.com/knqyf263/go-rpm-version"
)

func main() {
	for _, pair := range [][2]string{{"1.0", "1.1"}, {"1.1", "1.10"}, {"1.2.9", "1.2.18"}, {"2.0", "2.0-rc"}, {"600", "9"}} {
		a, _ := deb.NewVersion(pair[0])
		b, _ := deb.NewVersion(pair[1])
		fmt.Printf("%s %s: deb %d, less %v, rpm %d\n", pair[0], pair[1], a.Compare(b), a.LessThan(b), rpm.NewVersion(pair[0]).Compare(rpm.NewVersion(pair[1])))
	}
	a, _ := apk.NewVersion("1.2.9")
	b, _ := apk.NewVersion("1.2.18")
	fmt.Println("1.2.9 1.2.18: apk", a.Compare(b))
}
GO
go get github.com/knqyf263/go-deb-version@v0.0.0-20241115132648-6f4aee6ccd23 \
  github.com/knqyf263/go-rpm-version@v0.0.0-20260811110310-1815e1f1b790 \
  github.com/knqyf263/go-apk-version@v0.0.0-20200609155635-041fdbb8563f 2>/dev/null
go run . | tee out.txt

diff out.txt - <<'OUT'
1.0 1.1: deb -1, less true, rpm -1
1.1 1.10: deb -9, less true, rpm -1
1.2.9 1.2.18: deb -9, less true, rpm -1
2.0 2.0-rc: deb -114, less true, rpm -1
600 9: deb 591, less false, rpm 1
1.2.9 1.2.18: apk -1
OUT
echo 'as described'
