import type { CapabilityKind } from './capability.ts';

/** Variables that cargo sets for build scripts and rustc (The Cargo Book, "Environment Variables"), but for the target's. */
const cargos =
  /^(?:OUT_DIR|NUM_JOBS|OPT_LEVEL|DEBUG|PROFILE|RUSTC|RUSTDOC|RUSTC_WRAPPER|RUSTC_WORKSPACE_WRAPPER|RUSTC_LINKER|RUSTFLAGS|CARGO|DEP_[A-Z0-9_]+_[A-Z0-9_]+|CARGO_(?:MANIFEST_(?:DIR|PATH|LINKS)|MAKEFLAGS|FEATURE_.*|PKG_.*|PRIMARY_PACKAGE|CRATE_NAME|BIN_NAME|BIN_EXE_.*|ENCODED_RUSTFLAGS|RUSTC_CURRENT_DIR|TARGET_TMPDIR|CFG_FEATURE|CFG_DEBUG_ASSERTIONS|CFG_PANIC))$/;
const targets = /^(?:TARGET|HOST|CARGO_CFG_.*|CARGO_BUILD_TARGET)$/;
const secrets =
  /TOKEN|SECRET|PASSW|CREDENTIAL|PRIVATE_?KEY|API_?KEY|ACCESS_?KEY|SIGNING_?KEY|MNEMONIC|SEED_?PHRASE|CONNECTION_STRING|WEBHOOK|(?:^|_)(?:JWT|PWD_FILE|AUTH|AUTH_CONFIG|COOKIES?)(?:$|_FILE$)|^(?:AWS(?!_LC_)|SSH|GPG|NPM|PYPI|KUBE|VAULT|BW_SESSION|OP_SESSION)_|^(?:BW_SESSION|KUBECONFIG|SSHPASS|PGPASSFILE|MYSQL_PWD|NETRC|GNUPGHOME|DOCKER_CONFIG)$|_(?:PAT|JWT)$/;
const cis =
  /^(?:CI|CONTINUOUS_INTEGRATION|GITHUB_(?:ACTIONS|RUN_ID|WORKFLOW|REPOSITORY|ACTOR)|GITLAB_CI|TRAVIS|CIRCLECI|JENKINS_(?:URL|HOME)|BUILDKITE|TF_BUILD|APPVEYOR|TEAMCITY_VERSION|BITBUCKET_BUILD_NUMBER|DRONE|CIRRUS_CI|CODEBUILD_BUILD_ID|RUNNER_(?:OS|NAME))$/;
const homes =
  /^(?:HOME|USERPROFILE|HOMEPATH|APPDATA|LOCALAPPDATA|XDG_(?:CONFIG|DATA|CACHE|STATE)_HOME|CARGO_HOME|RUSTUP_HOME)$/;
const temps = /^(?:TMPDIR|TEMP|TMP)$/;

/** What reading a variable of that name says about the code. */
export function readingOf(variable: string): readonly CapabilityKind[] {
  if (targets.test(variable)) return ['probes-target'];
  if (cargos.test(variable)) return ['reads-cargo-variable'];
  if (cis.test(variable)) return ['detects-ci', 'reads-variable'];
  if (secrets.test(variable.toUpperCase())) return ['reads-secret'];
  if (homes.test(variable)) return ['home', 'reads-variable'];
  return temps.test(variable) ? ['temp', 'reads-variable'] : ['reads-variable'];
}

/** Whether a text is the name of a variable that tells where something is. */
export function isKnownVariable(text: string): boolean {
  return cargos.test(text) || targets.test(text) || homes.test(text) || temps.test(text);
}

/** Whether a variable of cargo's says something other than where a program is; in OUT_DIR is what a script has made itself. */
export function isNoProgram(variable: string): boolean {
  return (
    (cargos.test(variable) || targets.test(variable)) &&
    !/^(?:CARGO|RUSTC|RUSTDOC|RUSTC_.*|OUT_DIR|DEP_.*)$/.test(variable)
  );
}

/** Whether a variable says where something is, rather than what something is called. */
export function isPlace(variable: string): boolean {
  return places.test(variable) || !(cargos.test(variable) || targets.test(variable));
}

const places =
  /^(?:OUT_DIR|CARGO|RUSTC|RUSTDOC|RUSTC_.*|DEP_.*|CARGO_(?:MANIFEST_(?:DIR|PATH)|TARGET_TMPDIR|RUSTC_CURRENT_DIR))$/;

export function isHome(variable: string): boolean {
  return homes.test(variable);
}

export function isTemp(variable: string): boolean {
  return temps.test(variable);
}
