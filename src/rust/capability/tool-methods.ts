/** What the methods of build tools do with what they are given. */
export type Given =
  /** It is run. */
  | 'program'
  /** Flags for a compiler, a linker or a generator. */
  | 'flags'
  /** An argument of CMake's own command. */
  | 'cmake'
  /** A definition for CMake, with its value after it. */
  | 'definition'
  /** A variable for what is run, with its value after it. */
  | 'loading'
  /** The same for all that is run from then on, build tools too. */
  | 'variable'
  /** Files are unpacked there. */
  | 'folder'
  /** Something is made there that goes away by itself, unless it is kept. */
  | 'for-a-while'
  /** Nothing is given; it gives a command that is ready to run. */
  | 'command';

interface Row {
  /** Crates that have it; of a method without any the name is enough. */
  readonly crates?: string;
  readonly methods: string;
  readonly given: Given;
}

/** As documented on docs.rs: cc 1.2, cmake 0.1, prost-build 0.14, tonic-build 0.14, protobuf-codegen 3, bindgen 0.72 … */
const rows: readonly Row[] = [
  { crates: 'cc gcc cxx_build cpp_build', methods: 'compiler archiver ranlib', given: 'program' },
  { methods: 'archiver', given: 'program' },
  {
    crates: 'cc gcc cxx_build cpp_build cmake autotools meson nasm_rs bindgen swift_rs',
    methods:
      'flag flags flag_if_supported ar_flag asm_flag cflag cxxflag asmflag ldflag clang_arg clang_args build_arg config_option make_args arg args',
    given: 'flags',
  },
  {
    methods: 'protoc_arg extra_arg extra_args protoc_extra_arg ar_flag clang_arg clang_args',
    given: 'flags',
  },
  { methods: 'get_archiver try_get_archiver get_ranlib try_get_ranlib', given: 'command' },
  {
    methods:
      'protoc_executable protoc_path capnp_executable with_rustfmt rustfmt_path set_windres_path set_ar_path set_rc_path set_toolkit_path cargo_path flatc_path thrift_path protoc_bin capnp_path set_protoc',
    given: 'program',
  },
  { crates: 'nasm_rs', methods: 'nasm set_nasm', given: 'program' },
  {
    crates: 'protobuf_codegen protoc_rust protoc protoc_grpcio grpcio_compiler',
    methods: 'protoc',
    given: 'program',
  },
  { crates: 'cmake', methods: 'configure_arg', given: 'cmake' },
  { crates: 'cmake', methods: 'define', given: 'definition' },
  { methods: 'env env_var envs', given: 'loading' },
  { crates: 'tempfile', methods: 'persist persist_noclobber', given: 'folder' },
  { crates: 'tempfile', methods: 'tempfile_in tempdir_in', given: 'for-a-while' },
  { crates: 'tar binstall_tar', methods: 'unpack unpack_in', given: 'folder' },
  {
    crates: 'zip zip_extract zip_extensions sevenz_rust cab',
    methods: 'extract extract_unwrapped_root_dir',
    given: 'folder',
  },
];

/** Paths of functions and constructors that take what the methods take. */
export const givenByPath: Readonly<Record<string, Given>> = {
  'protoc::Protoc::from_path': 'program',
  'flatc_rust::Flatc::from_path': 'program',
  'cargo_metadata::MetadataCommand::cargo_path': 'program',
  'rustc_version::VersionMeta::for_command': 'program',
  'version_check::Version::from': 'program',
};

const known = new Map<
  string,
  { readonly given: Given; readonly crates: ReadonlySet<string> | undefined }[]
>();
for (const { crates, methods, given } of rows)
  for (const method of methods.split(' ')) {
    const all = known.get(method) ?? [];
    known.set(method, [
      ...all,
      { given, crates: crates === undefined ? undefined : new Set(crates.split(' ')) },
    ]);
  }

/** The names of all methods that are known. */
export const toolMethods: ReadonlySet<string> = new Set(known.keys());

/** What a method of that name is given where these crates are used; `undefined` where it means nothing. */
export function givenTo(method: string, crates: ReadonlySet<string>): Given | undefined {
  return known
    .get(method)
    ?.find((row) => row.crates === undefined || [...row.crates].some((crate) => crates.has(crate)))?.given;
}
