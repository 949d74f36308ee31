/** Programs of crates.io with few crates, and what runs last of them: `name version`, the fewest crates first. */
export const programs: readonly (readonly [name: string, version: string])[] = (
  'titlecase 3.6.0, rustfilt 0.2.2, choose 1.3.7, rargs 0.3.0, teip 2.2.0, rcat 2.0.4, dutree 0.2.18, tuc 1.3.0, diskus 0.9.0, csview 1.3.4, ' +
  'sd 1.0.0, flip-link 0.1.12, xsv 0.13.0, qsv-sniffer 0.12.2, b3sum 1.8.7, petname 3.2.0, runiq 2.1.0, ruplacer 0.10.0, cargo-bloat 0.12.1, ' +
  'rnr 0.5.1, htmlq 0.4.0, hexyl 0.17.0, fd-find 10.5.0, grex 1.4.6, toml-cli 0.2.3, pastel 0.12.0, lolcrab 0.4.1, bingrep 0.12.1, spacer 0.5.0, ' +
  'cargo-hack 0.6.46, cargo-sort 2.1.4, kondo 0.9.0, cargo-depgraph 1.6.0, cargo-binutils 0.4.0, cargo-show-asm 0.2.64, du-dust 1.2.7, ' +
  'rust-script 0.36.0, just 1.48.0, zoxide 0.10.0, jql 9.0.3'
)
  .split(', ')
  .map((text) => text.split(' ') as [string, string]);
