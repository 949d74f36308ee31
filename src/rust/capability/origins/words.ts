/** Words of Rust and of its libraries that say what becomes of a value. */
const set = (text: string): ReadonlySet<string> => new Set(text.split(' '));

export const cfgNames = set(
  'target_os target_env target_arch target_family target_vendor target_abi target_pointer_width target_endian feature panic',
);
/** Macros that say something to a person or to cargo. */
export const saying = set(
  'print println eprint eprintln panic assert assert_eq assert_ne debug_assert unreachable todo unimplemented bail ensure anyhow info warn error debug trace log cfg matches',
);
/** Methods whose arguments are no part of what they give. */
export const asking = set(
  'expect context with_context starts_with ends_with contains split splitn split_once trim_start_matches trim_end_matches trim_matches strip_prefix strip_suffix replace replacen find rfind eq ne is_some_and is_ok_and map_err',
);
export const variableReaders = set('var var_os env option_env getenv env_var');
/** Functions and macros that give what is in a file: its name is no part of that. */
export const contents = set('read_to_string include_str include_bytes');
/** Methods of builders that set one thing to another, and give the builder. */
export const setting = set('env env_var define config_option set_env');
/** Methods that nearly everything has: one of the crate's own by that name says nothing of another's. */
export const iterating = set('next next_back peek iter iter_mut into_iter');
/** Methods that go up a path, by how far; those of texts cut it where nobody can tell. */
export const rising: ReadonlyMap<string, number> = new Map([
  ['parent', 1],
  ['pop', 1],
]);
export const cutting = set(
  'split splitn rsplit rsplitn split_once rsplit_once split_at split_at_checked split_off split_inclusive split_terminator rsplit_terminator trim_end_matches strip_suffix truncate components chars char_indices bytes drain get take take_while replace replacen replace_range',
);
/** Methods of texts that leave other letters, beside those that cut. */
export const altering = set('trim_start_matches trim_matches strip_prefix remove clear insert_str repeat');
/** What the name of a program may end with, and be no other program: `.exe`, `-18`. */
export const programEnding = /^(?:\.(?:exe|cmd|bat))?(?:-?\d+(?:\.\d+)*)?$/i;
/** Of these those that cut only by what they are given: `take(3)`, `get(..9)`, `replace("/out", "")`. */
export const cuttingBy = set('take get replace replacen');
/** Parts of a path that have names (std::path): one that goes up, and those that begin it anew where they are joined to it. */
export const components = set('ParentDir RootDir');
/** Methods whose argument goes on with the path. */
export const joining = set('join push join_os');
/** Methods that give another path beside this one. */
export const beside = set('with_file_name set_file_name');
/** Tools that build into OUT_DIR and give the folder, unless they are told another one (docs.rs: cmake 0.1, autotools 0.2). */
export const buildTools = set('cmake autotools');
/** Methods that leave nothing of a path but its name. */
export const naming = set('file_name file_stem extension');
/** Methods whose argument is there instead. */
export const instead = set('unwrap_or unwrap_or_else or or_else map_or map_or_else');
/** Functions that give what they are given, or what is known. */
export const plain = set(
  'new from into default canonicalize absolute simplified once from_str from_bytes from_iter try_from read_dir read_link glob glob_with current_dir current_exe temp_dir tempdir tempfile home_dir cargo_home rustup_home config_dir data_dir cache_dir join_paths split_paths var var_os env option_env getenv get args args_os cfg format concat stringify vec write writeln repeat min max pkg_config probe which from_fn from_os_str from_utf8 from_utf8_lossy from_utf8_unchecked to_string exit abort find_tool',
);
/** Calls that give what lies below a folder. */
export const listing = set('read_dir glob glob_with');
export const building = set(
  'concat rev from_utf8 from_utf8_lossy from_utf8_unchecked from_u32 decode from_digit from_str_radix concat_bytes',
);
/** What makes signs of numbers. */
export const turning = set(
  'char from_str_radix from_u32 from_digit decode decode_to_slice wrapping_add wrapping_sub rotate_left rotate_right',
);
/** Functions that give the home folder, or one in it. */
export const homes = set(
  'home_dir cargo_home rustup_home config_dir config_local_dir data_dir data_local_dir cache_dir state_dir executable_dir preference_dir desktop_dir document_dir download_dir font_dir template_dir BaseDirs UserDirs ProjectDirs',
);
export const temps = set('temp_dir tempdir tempfile TempDir NamedTempFile tempdir_in');
export const words = set(
  'let mut ref if else match for in as use fn move return true false self Self crate super unwrap expect clone to_string to_owned into as_ref as_str as_os_str as_path to_str to_path_buf Some Ok Err None String str Path PathBuf OsString Vec Box',
);
/** Methods of `cc` that find a tool of the toolchain. */
export const toolFinders = set(
  'get_compiler try_get_compiler get_archiver try_get_archiver get_ranlib try_get_ranlib',
);
