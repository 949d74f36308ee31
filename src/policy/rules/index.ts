import type { Rule } from '../rule.ts';
import { age } from './age.ts';
import { allowed } from './allowed.ts';
import { archiveAnomaly } from './archive-anomaly.ts';
import { audits } from './audits.ts';
import { banned } from './banned.ts';
import { binaries } from './binaries.ts';
import { blocklist } from './blocklist.ts';
import { buildCode } from './build-code.ts';
import { buildSettings } from './build-settings.ts';
import { capabilityAdded } from './capability-added.ts';
import { decisions } from './decisions.ts';
import { dependencyConfusion } from './dependency-confusion.ts';
import { dormantThenActive } from './dormant-then-active.ts';
import { duplicateVersions } from './duplicate-versions.ts';
import { featureAdded } from './feature-added.ts';
import { integrity } from './integrity.ts';
import { license } from './license.ts';
import { locked } from './locked.ts';
import { lockfile } from './lockfile.ts';
import { maintainerTrust } from './maintainer-trust.ts';
import { maintainersMinimum } from './maintainers-minimum.ts';
import { malicious } from './malicious.ts';
import { newBuildExecutingCrate } from './new-build-executing-crate.ts';
import { newCrate } from './new-crate.ts';
import { newDependencyTree } from './new-dependency-tree.ts';
import { noStd } from './no-std.ts';
import { notice } from './notice.ts';
import { ownBuildCode } from './own-build-code.ts';
import { patches } from './patches.ts';
import { publisherChanged } from './publisher-changed.ts';
import { source } from './source.ts';
import { toolchain } from './toolchain.ts';
import { typosquat } from './typosquat.ts';
import { unlockedCommands } from './unlocked-commands.ts';
import { unmaintained } from './unmaintained.ts';
import { unsound } from './unsound.ts';
import { vendored } from './vendored.ts';
import { vulnerability } from './vulnerability.ts';
import { yankBurst } from './yank-burst.ts';
import { yanked } from './yanked.ts';

/** Every rule, by id. A new rule is a file beside this one and a line here. */
export const rules: readonly Rule[] = [
  age,
  allowed,
  archiveAnomaly,
  audits,
  banned,
  binaries,
  blocklist,
  buildCode,
  buildSettings,
  capabilityAdded,
  decisions,
  dependencyConfusion,
  dormantThenActive,
  duplicateVersions,
  featureAdded,
  integrity,
  license,
  locked,
  lockfile,
  maintainerTrust,
  maintainersMinimum,
  malicious,
  newBuildExecutingCrate,
  newCrate,
  newDependencyTree,
  noStd,
  notice,
  ownBuildCode,
  patches,
  publisherChanged,
  source,
  toolchain,
  typosquat,
  unlockedCommands,
  unmaintained,
  unsound,
  vendored,
  vulnerability,
  yankBurst,
  yanked,
];
