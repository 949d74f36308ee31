# Sourced by ./safeguard and ./test: finds Node 24, or brings it, and installs the packages that package-lock.json pins.
# In: $root (the checkout), $packages ("prod" or "all"). Out: $node, its $major version. Says on stderr what it installs and where.

say() { printf '%s\n' "safeguard: $*" >&2; }
die() { say "$*"; exit 70; }

cache_home() {
  if [ -n "${XDG_CACHE_HOME:-}" ]; then printf '%s' "$XDG_CACHE_HOME"
  elif [ -n "${HOME:-}" ] && [ -d "$HOME" ] && [ -w "$HOME" ]; then printf '%s' "$HOME/.cache"
  else printf '%s' "${TMPDIR:-/tmp}/cache-$(id -u)"; fi
}

# One installer at a time for a folder; a lock older than ten minutes was left by a crash.
with_lock() {
  lock=$1; shift
  until mkdir "$lock" 2>/dev/null; do
    [ -d "$(dirname "$lock")" ] || die "cannot write in $(dirname "$lock")"
    [ -w "$(dirname "$lock")" ] || die "cannot write in $(dirname "$lock"); run once as its owner"
    if [ -n "$(find "$lock" -maxdepth 0 -mmin +10 2>/dev/null)" ]; then rmdir "$lock" 2>/dev/null; else sleep 1; fi
  done
  trap 'rmdir "$lock" 2>/dev/null' EXIT INT TERM
  "$@"
  status=$?
  rmdir "$lock" 2>/dev/null
  trap - EXIT INT TERM
  return $status
}

node_is_new_enough() {
  major=$("$1" -v 2>/dev/null) || return 1
  major=${major#v}; major=${major%%.*}
  [ "${major:-0}" -ge 24 ] 2>/dev/null
}

platform_package() {
  case "$(uname -s)" in Linux) os=linux ;; Darwin) os=darwin ;; *) return 1 ;; esac
  case "$(uname -m)" in x86_64 | amd64) cpu=x64 ;; aarch64 | arm64) cpu=arm64 ;; *) return 1 ;; esac
  printf 'node-%s-%s' "$os" "$cpu"
}

find_node() {
  package=$(platform_package) || package=
  home=$(cache_home)/safeguard/node-24
  node=$home/node_modules/$package/bin/node
  major=24
  [ -n "$package" ] && [ -x "$node" ] && return
  if command -v node >/dev/null 2>&1 && node_is_new_enough node; then node=$(command -v node); return; fi
  command -v npm >/dev/null 2>&1 || die "needs Node.js 24 or newer with npm: install them from your system's packages, then run this again"
  [ -n "$package" ] || die "needs Node.js 24 or newer; there is no ready build for $(uname -s) $(uname -m), so install one yourself"
  say "this machine's Node.js is older than 24; bringing $package@24 into $home"
  major=24
  mkdir -p "$home" || die "cannot create $home"
  with_lock "$home/.lock" bring_node
  [ -x "$node" ] || die "$package@24 did not arrive; is the npm registry reachable?"
}

bring_node() {
  [ -x "$node" ] && return
  # The cache folder is not the checkout: no lockfile there, and nothing is ever run at installation.
  (cd "$home" && npm install --prefix "$home" --no-save --ignore-scripts --no-audit --no-fund --loglevel=error "$package@24" >&2)
}

# node_modules is right when it was made from this very package-lock.json, with at least the packages that are wanted.
packages_ready() {
  cmp -s "$root/package-lock.json" "$root/node_modules/.installed-all" && return
  [ "$packages" = prod ] && cmp -s "$root/package-lock.json" "$root/node_modules/.installed-prod"
}

find_packages() {
  # An installed package was given its packages by npm.
  [ -e "$root/package-lock.json" ] || return
  packages_ready && return
  command -v npm >/dev/null 2>&1 || die "needs npm to install its packages: install it from your system's packages, then run this again"
  [ -w "$root" ] || die "$root has no installed packages and is not writable; run ./safeguard --version once as its owner"
  with_lock "$root/.installing" install_packages || die "npm ci failed; its own words are above"
}

install_packages() {
  packages_ready && return
  # A checkout that is developed in keeps its tools when the lockfile moves on.
  [ -e "$root/node_modules/.installed-all" ] && packages=all
  omit=
  [ "$packages" = prod ] && omit=--omit=dev
  say "installing the packages of package-lock.json into $root/node_modules"
  # npm itself runs on the Node that will run the product.
  (cd "$root" && PATH="$(dirname "$node"):$PATH" npm ci $omit --ignore-scripts --no-audit --no-fund --loglevel=error >&2) || return 1
  cp "$root/package-lock.json" "$root/node_modules/.installed-$packages"
}

# The pages are built once from a checkout's sources; a package has them. A server does its work without them.
find_pages() {
  [ -e "$root/web/index.html" ] || return 0
  pages_ready && return
  if [ ! -w "$root/web" ]; then say "the pages are not built, and $root/web is not writable: serving without them"; return 0; fi
  with_lock "$root/web/.building" build_pages || say "the pages could not be built (above); serving without them"
}

pages_ready() {
  [ -e "$root/web/dist/index.html" ] || return 1
  [ -z "$(find "$root/web/src" "$root/web/public" "$root/web/index.html" "$root/web/vite.config.ts" -newer "$root/web/dist/index.html" 2>/dev/null | head -n 1)" ]
}

build_pages() {
  pages_ready && return
  say "building the pages into $root/web/dist"
  "$node" "$root/node_modules/vite/bin/vite.js" build "$root/web" --logLevel warn >&2
}
