/** Crates of our own that cargo-deny was asked about; its answers are in deny-answers.json. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface DenyCase {
  /** Becomes the crate's name. */
  readonly name: string;
  readonly license?: string;
  readonly licenseFile?: string;
  readonly files?: Readonly<Record<string, string>>;
}

const apache = readFileSync(join(import.meta.dirname, '../../../LICENSE'), 'utf8');
const isc = `Copyright (c) 2024 Somebody

Permission to use, copy, modify, and/or distribute this software for any purpose with or without fee is hereby granted,
provided that the above copyright notice and this permission notice appear in all copies.

THE SOFTWARE IS PROVIDED "AS IS" AND THE AUTHOR DISCLAIMS ALL WARRANTIES WITH REGARD TO THIS SOFTWARE INCLUDING ALL
IMPLIED WARRANTIES OF MERCHANTABILITY AND FITNESS. IN NO EVENT SHALL THE AUTHOR BE LIABLE FOR ANY SPECIAL, DIRECT,
INDIRECT, OR CONSEQUENTIAL DAMAGES OR ANY DAMAGES WHATSOEVER RESULTING FROM LOSS OF USE, DATA OR PROFITS, WHETHER IN AN
ACTION OF CONTRACT, NEGLIGENCE OR OTHER TORTIOUS ACTION, ARISING OUT OF OR IN CONNECTION WITH THE USE OR PERFORMANCE OF
THIS SOFTWARE.
`;
// Cut from Apache-2.0: of ISC, cargo-deny 0.20.2 has the text of an older SPDX list, which differs a little.
const words = apache.split(' ');
const part = (share: number) => words.slice(0, Math.floor(words.length * share)).join(' ');

const expressions = [
  'MIT',
  'MIT/Apache-2.0',
  'MIT / ISC',
  'MIT OR Apache-2.0',
  'mit or apache-2.0',
  'MIT AND ISC',
  '(MIT OR Apache-2.0) AND Unicode-3.0',
  'MIT OR Apache-2.0 AND ISC',
  'Apache-2.0 WITH LLVM-exception',
  'Apache-2.0 WITH LLVM-exception OR MIT',
  'Apache 2.0',
  'apache2',
  'BSD',
  'GPL-2.0',
  'GPL-2.0+',
  'GPL-2.0-only',
  'GPL-2.0-or-later',
  'GPL-3.0-or-later+',
  'GPLv3',
  'LGPL-2.1+ WITH Classpath-exception-2.0',
  'MPL-1.1+',
  'MPL-2.0+',
  'MPL-2.0 +',
  'LicenseRef-Ours',
  'DocumentRef-x:LicenseRef-Ours OR MIT',
  'MIT WITH AdditionRef-Ours',
  'MIT License',
  'MIT, Apache-2.0',
  'MIT OR',
  '(MIT',
  'MIT Or ISC',
  'non-standard',
  '',
];

export const denyCases: readonly DenyCase[] = [
  ...expressions.map((license, i) => ({ name: `expression-${String(i).padStart(2, '0')}`, license })),
  { name: 'bad-with-file', license: 'see LICENSE', files: { LICENSE: isc } },
  { name: 'good-with-file', license: 'MIT', files: { LICENSE: isc } },
  { name: 'none' },
  { name: 'file-isc', files: { LICENSE: isc } },
  { name: 'file-crlf', files: { 'LICENSE.txt': isc.replaceAll('\n', '\r\n') } },
  {
    name: 'file-comment',
    files: {
      COPYING: isc
        .split('\n')
        .map((line) => ` * ${line}`)
        .join('\n'),
    },
  },
  { name: 'file-title', files: { 'LICENSE.md': `# ISC License\n\n${isc}` } },
  { name: 'file-apache', files: { 'LICENSE-APACHE': apache } },
  { name: 'file-apache-short', files: { LICENSE: apache.slice(0, apache.indexOf('APPENDIX')) } },
  { name: 'file-both', files: { 'LICENSE-APACHE': apache, 'LICENSE-ISC': isc } },
  { name: 'file-joined', files: { LICENSE: `${isc}\n\n${isc.toUpperCase()}` } },
  { name: 'file-one-known', files: { LICENSE: isc, COPYING: 'Ask before you use it.' } },
  { name: 'file-unknown', files: { LICENSE: 'Ask before you use it.' } },
  { name: 'file-empty', files: { LICENSE: '' } },
  { name: 'file-named', licenseFile: 'legal/terms.txt', files: { 'legal/terms.txt': isc } },
  { name: 'file-deeper', files: { 'legal/LICENSE': isc } },
  {
    name: 'file-other-year',
    files: { LICENSE: isc.replace('2024 Somebody', '1999-2004, 2010 The 4 Others, Inc.') },
  },
  ...[0.5, 0.6, 0.64, 0.66, 0.68, 0.7, 0.8, 0.86, 0.88, 0.9, 0.95].map((share) => ({
    name: `file-part-${share * 100}`.replace(/\..*/, ''),
    files: { LICENSE: part(share) },
  })),
];

/** Settings of [licenses] in deny.toml, and of [license] here. */
export const denyCasePolicies: readonly {
  readonly name: string;
  readonly deny: string;
  readonly ours: string;
}[] = [
  { name: 'mit', deny: 'allow = ["MIT"]', ours: 'allow = ["MIT"]' },
  {
    name: 'permissive',
    deny: 'allow = ["MIT", "Apache-2.0", "ISC", "BSD-2-Clause"]',
    ours: 'allow = ["MIT", "Apache-2.0", "ISC", "BSD-2-Clause"]',
  },
  {
    name: 'gnu',
    deny: 'allow = ["GPL-2.0-or-later", "GPL-3.0-only", "Apache-2.0 WITH LLVM-exception"]',
    ours: 'allow = ["GPL-2.0-or-later", "GPL-3.0-only", "Apache-2.0 WITH LLVM-exception"]',
  },
  { name: 'old-gnu', deny: 'allow = ["GPL-2.0"]', ours: 'allow = ["GPL-2.0"]' },
  {
    name: 'references',
    deny: 'allow = ["LicenseRef-Ours", "MIT WITH AdditionRef-Ours", "MPL-2.0"]',
    ours: 'allow = ["LicenseRef-Ours", "MIT WITH AdditionRef-Ours", "MPL-2.0"]',
  },
  {
    name: 'confident',
    deny: 'allow = ["ISC", "Apache-2.0"]\nconfidence-threshold = 0.95',
    ours: 'allow = ["ISC", "Apache-2.0"]\nconfidence = 0.95',
  },
  {
    name: 'credulous',
    deny: 'allow = ["ISC", "Apache-2.0"]\nconfidence-threshold = 0.5',
    ours: 'allow = ["ISC", "Apache-2.0"]\nconfidence = 0.5',
  },
  {
    name: 'exception',
    deny: 'allow = ["MIT"]\nexceptions = [{ crate = "file-isc", allow = ["ISC"] }, { crate = "file-both:<1", allow = ["ISC", "Apache-2.0"] }, { crate = "file-crlf:1", allow = ["ISC"] }]',
    ours: 'allow = ["MIT"]\n[[exceptions]]\nname = "file-isc"\nallow = ["ISC"]\n[[exceptions]]\nname = "file-both"\nversion = "<1"\nallow = ["ISC", "Apache-2.0"]\n[[exceptions]]\nname = "file-crlf"\nversion = "1"\nallow = ["ISC"]',
  },
];
