import { mirror } from './001-mirror.ts';
import { dump } from './002-dump.ts';
import { feeds } from './003-feeds.ts';
import { people } from './004-people.ts';
import { notifications } from './005-notifications.ts';
import { bases } from './006-bases.ts';
import { decisions } from './007-decisions.ts';
import { inventory } from './008-inventory.ts';
import { exactNeeds } from './009-exact-needs.ts';
import { sightings } from './010-sightings.ts';
import { revisions } from './011-revisions.ts';
import { roles } from './012-roles.ts';
import { inventoryShared } from './013-inventory-shared.ts';
import { audit } from './014-audit.ts';
import { sessions } from './015-sessions.ts';
import { webSessions } from './016-web-sessions.ts';
import { buildSessions } from './017-build-sessions.ts';
import { loaded } from './018-loaded.ts';
import { exposures } from './019-exposures.ts';
import { requests } from './020-requests.ts';
import { peopleSignIn } from './021-people-sign-in.ts';
import { vex } from './022-vex.ts';
import { logReviews } from './023-log-reviews.ts';
import { vexStatements } from './024-vex-statements.ts';
import { signings } from './025-signings.ts';
import { inventoryKept } from './026-inventory-kept.ts';
import { changesAndOwners } from './027-changes-and-owners.ts';
import { answers } from './028-answers.ts';
import { libraries } from './029-libraries.ts';
import { policyTrials } from './030-policy-trials.ts';
import { dueByRegistry } from './031-due-by-registry.ts';
import { tampered } from './032-tampered.ts';
import { exploited } from './033-exploited.ts';
import { packedOutlines } from './034-packed-outlines.ts';
import { vouched } from './035-vouched.ts';
import { deployments } from './036-deployments.ts';
import { changeCommits } from './037-change-commits.ts';
import { agentVersions } from './038-agent-versions.ts';
import { largeArtefacts } from './039-large-artefacts.ts';
import { artefactFunctions } from './040-artefact-functions.ts';
import { installedStanding } from './041-installed-standing.ts';
import { installedExposures } from './042-installed-exposures.ts';
import { installedTied } from './043-installed-tied.ts';
import type { Migration } from './migration.ts';

/** Every step, in order. */
export const migrations: readonly Migration[] = [
  mirror,
  dump,
  feeds,
  people,
  notifications,
  bases,
  decisions,
  inventory,
  exactNeeds,
  sightings,
  revisions,
  roles,
  inventoryShared,
  audit,
  sessions,
  webSessions,
  buildSessions,
  loaded,
  exposures,
  requests,
  peopleSignIn,
  vex,
  logReviews,
  vexStatements,
  signings,
  inventoryKept,
  changesAndOwners,
  answers,
  libraries,
  policyTrials,
  dueByRegistry,
  tampered,
  exploited,
  packedOutlines,
  vouched,
  deployments,
  changeCommits,
  agentVersions,
  largeArtefacts,
  artefactFunctions,
  installedStanding,
  installedExposures,
  installedTied,
];
