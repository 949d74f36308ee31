/** What code is for: some things mean little in a library. */
export type Role = 'build-script' | 'proc-macro' | 'library';
