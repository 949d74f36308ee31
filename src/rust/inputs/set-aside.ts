/** Documentation and tests: code hands them to nobody unless it names them. */
export function isSetAside(path: string): boolean {
  return documentation.test(path) || tests.test(path);
}

const documentation =
  /(?:^|\/)(?:docs?|documentation|licenses?|man\d?)\/|(?:\.(?:md|markdown|rst|adoc|asciidoc|html?|pdf|texi|png|jpe?g|gif|svg|webp)|(?<!\.so)\.[1-8])$|(?:^|\/)(?:(?:licen[cs]e|copying|copyright|notice|unlicense)[-\w]*|readme|changelog|changes|news|history|authors|contributors|todo|thanks|install|security|codeowners)(?:\.txt)?$/i;
const tests = /(?:^|\/)(?:tests?|testdata|test-data|testing|benches|benchmarks?|examples?|fuzz(?:ing)?)\//i;

/** What cargo writes itself, or reads by itself. */
export function isCargos(path: string): boolean {
  return /^(?:Cargo\.(?:toml|lock|toml\.orig)|\.cargo_vcs_info\.json|\.cargo-ok|\.cargo-checksum\.json)$/.test(
    path,
  );
}

/** Pictures, sounds and fonts. */
export function isPicture(path: string): boolean {
  return /\.(?:png|jpe?g|gif|svg|ico|icns|bmp|webp|ttf|otf|woff2?|wav|ogg|mp3)$/i.test(path);
}
