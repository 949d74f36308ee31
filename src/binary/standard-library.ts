/** What the standard library is built of (Rust 1.95): in every program, whether anybody asked for it or not. */
export const ofStandardLibrary: ReadonlySet<string> = new Set(
  (
    'addr2line adler2 alloc cfg_if compiler_builtins core dlmalloc fortanix_sgx_abi getopts gimli hashbrown hermit_abi libc memchr miniz_oxide ' +
    'moto_rt object panic_abort panic_unwind proc_macro profiler_builtins r_efi r_efi_alloc rustc_demangle rustc_literal_escaper ' +
    'rustc_std_workspace_alloc rustc_std_workspace_core rustc_std_workspace_std std std_detect sysroot test unwind unwinding vex_sdk wasi windows_link windows_targets'
  ).split(' '),
);
