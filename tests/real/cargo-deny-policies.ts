/** One policy in two languages. */
export interface DenyPolicy {
  readonly name: string;
  /** As deny.toml. */
  readonly deny: string;
  /** As the tables of ours, without their headers. */
  readonly ours: {
    readonly license?: string;
    readonly banned?: string;
    readonly allowed?: string;
    readonly source?: string;
    readonly duplicateVersions?: string;
  };
}

const graph = '[graph]\nall-features = true\n';
const permissive =
  '["MIT", "Apache-2.0", "Apache-2.0 WITH LLVM-exception", "BSD-2-Clause", "BSD-3-Clause", "ISC", "Zlib", "0BSD", "CC0-1.0", "Unicode-3.0", "Unlicense"]';

export const denyPolicies: readonly DenyPolicy[] = [
  {
    name: 'MIT alone, no duplicates, one crate',
    deny: `${graph}
[licenses]
allow = ["MIT"]
[bans]
multiple-versions = "deny"
allow = ["libc"]
[sources]
unknown-registry = "deny"
unknown-git = "deny"
`,
    ours: {
      license: 'allow = ["MIT"]',
      duplicateVersions: 'duplicates = "deny"',
      allowed: '[[crates]]\nname = "libc"',
    },
  },
  {
    name: 'permissive, with exceptions and bans',
    deny: `${graph}
[licenses]
allow = ${permissive}
confidence-threshold = 0.93
exceptions = [{ crate = "webpki-roots", allow = ["CDLA-Permissive-2.0"] }, { crate = "option-ext:0.1", allow = ["MPL-2.0"] }]
[bans]
multiple-versions = "allow"
multiple-versions-include-dev = false
deny = [{ crate = "openssl" }, { crate = "syn:<2" }, { crate = "memchr", wrappers = ["aho-corasick", "bstr", "nom", "globset"] }]
[sources]
unknown-registry = "deny"
unknown-git = "deny"
allow-registry = []
`,
    ours: {
      license: `allow = ${permissive}
confidence = 0.93
[[exceptions]]
name = "webpki-roots"
allow = ["CDLA-Permissive-2.0"]
[[exceptions]]
name = "option-ext"
version = "0.1"
allow = ["MPL-2.0"]`,
      banned: `[[crates]]
name = "openssl"
[[crates]]
name = "syn"
version = "<2"
[[crates]]
name = "memchr"
wrappers = ["aho-corasick", "bstr", "nom", "globset"]`,
      source: 'registries = []',
    },
  },
  {
    name: 'copyleft only, some duplicates skipped',
    deny: `${graph}
[licenses]
allow = ["MPL-2.0", "GPL-3.0-only", "LGPL-2.1-or-later", "Apache-2.0 WITH LLVM-exception", "Unicode-DFS-2016"]
confidence-threshold = 0.5
[bans]
multiple-versions = "deny"
skip = [{ crate = "windows-sys" }, { crate = "bitflags:1" }, { crate = "syn:<2" }]
[sources]
unknown-registry = "deny"
unknown-git = "allow"
`,
    ours: {
      license:
        'allow = ["MPL-2.0", "GPL-3.0-only", "LGPL-2.1-or-later", "Apache-2.0 WITH LLVM-exception", "Unicode-DFS-2016"]\nconfidence = 0.5',
      duplicateVersions: `duplicates = "deny"
[[skip]]
name = "windows-sys"
[[skip]]
name = "bitflags"
version = "1"
[[skip]]
name = "syn"
version = "<2"`,
      source: 'unknown-git = "allow"',
    },
  },
];
