/** A path from its root: `std::process::Command`, `reqwest::get`, `crate::net::fetch`. */
export type FullPath = readonly string[];
