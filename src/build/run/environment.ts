/** Variables of whoever builds that reach the build: what decides how it is compiled, and nothing that opens a door. */
const passed =
  /^(?:SOURCE_DATE_EPOCH|RUSTFLAGS|CARGO_ENCODED_RUSTFLAGS|CARGO_(?:BUILD|PROFILE|TARGET)_\w+|CARGO_REGISTRIES_\w+_INDEX|LD|(?:CC|CXX|AR|RANLIB|CFLAGS|CXXFLAGS|CPPFLAGS|LDFLAGS)(?:_[\w-]+)?|(?:HOST|TARGET)_(?:CC|CXX|AR|CFLAGS|CXXFLAGS)|\w+_(?:STATIC|DYNAMIC|NO_PKG_CONFIG|NO_VENDOR)|PKG_CONFIG_(?:PATH|LIBDIR|SYSROOT_DIR|ALL_STATIC|ALL_DYNAMIC|ALLOW_CROSS)(?:_\w+)?)$/;

/** Of those, what names a place that is not there, or a program that starts the compiler from outside. */
const kept = /^CARGO_(?:TARGET_DIR|BUILD_(?:TARGET_DIR|BUILD_DIR|RUSTC\w*|RUSTDOC\w*))$|_(?:RUNNER|TOKEN)$/;

/** Names and values that would let somebody else in; they are never passed, whoever asks. */
const secret = /TOKEN|SECRET|PASSW(?:OR)?D|CREDENTIAL|APIKEY|(?:^|_)KEYS?(?:_|$)/i;

/** The variables of a build that come from outside, sorted. `also` are names that whoever builds asks for. */
export function passedVariables(
  environment: Readonly<Record<string, string | undefined>>,
  also: readonly string[] = [],
): Readonly<Record<string, string>> {
  const entries = Object.entries(environment).flatMap(([name, value]): [string, string][] => {
    if (value === undefined || secret.test(name)) return [];
    return also.includes(name) || (passed.test(name) && !kept.test(name)) ? [[name, value]] : [];
  });
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Whether a variable is never passed. */
export function isSecretName(name: string): boolean {
  return secret.test(name);
}
