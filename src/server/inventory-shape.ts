import type { Affected } from '../inventory/affected/affected.ts';
import type { Loaded } from '../inventory/affected/loaded.ts';
import type { SaidExploited } from '../inventory/exploited/said.ts';
import type { Said } from '../inventory/vex/holds.ts';
import type { ArtefactRecord, ComponentRecord } from '../store/inventory/records.ts';
import type { InstalledAt, LoadingAt } from '../store/sightings/loading.ts';
import type { InstalledArtefact } from '../store/sightings/store.ts';
import type { AffectedJson } from './affected-contract.ts';
import type { ArtefactJson, ComponentJson } from './artefact-contract.ts';
import { rfc3339 } from './shape.ts';
import type { InstalledPlaceJson } from './sighting-contract.ts';
import type { SaidJson } from './vex-contract.ts';

/** An artefact in the API's words. */
export function artefactJson(record: ArtefactRecord): ArtefactJson {
  const { identity, name, version, digest, size, buildId, segments, format, target, project, commit } =
    record;
  const { builtAt, trust, completeness, firstSeen, lastSeen, by } = record;
  const {
    verdict,
    verdictPolicy: policy,
    verdictAt,
    builder,
    lockfile,
    signedBy,
    session,
    attempts,
  } = record;
  return {
    id: identity,
    name,
    version,
    digest,
    size,
    buildId,
    segments,
    format,
    target,
    project,
    commit,
    built: builtAt === null ? null : rfc3339(builtAt),
    trust,
    verdict:
      verdict === null
        ? null
        : {
            word: verdict,
            policy,
            at: verdictAt === null ? null : rfc3339(verdictAt),
            signed: trust === 'signed',
          },
    builder,
    lockfile,
    signedBy: [...(signedBy ?? [])],
    session,
    refused: (attempts ?? []).map(({ reason, by, first, last, times }) => ({
      reason,
      by,
      first: rfc3339(first),
      last: rfc3339(last),
      times,
    })),
    completeness,
    added: rfc3339(firstSeen),
    lastSaid: rfc3339(lastSeen),
    by,
  };
}

/** A component in the API's words. */
export function componentJson({ identity, kind, name, version, source }: ComponentRecord): ComponentJson {
  return { component: identity, kind, name, version, source };
}

/** An answer in the API's words. */
export function affectedJson(
  of: string,
  found: Affected,
  limit: number,
  exploited: SaidExploited | undefined,
): AffectedJson {
  const {
    answer,
    advisories,
    releases,
    count,
    total,
    settled,
    running,
    deployed,
    loaded,
    artefacts,
    unknown,
    partlyKnown,
    ruledOut,
    missing,
  } = found;
  const last = artefacts.at(-1);
  return {
    of,
    answer,
    advisories: advisories.map((one) => ({
      id: one.id,
      package: one.package,
      kind: one.kind,
      title: one.title,
      date: one.date,
      url: one.url,
      aliases: one.aliases,
      ...(one.severity === undefined ? {} : { severity: one.severity }),
      ...(one.fixed === undefined ? {} : { fixed: one.fixed }),
    })),
    releases: releases.map((one) => ({
      ...componentJson(one.component),
      artefacts: one.artefacts,
      processes: one.processes,
      fixed: one.fixed ?? null,
      next: one.next ?? null,
      obstacle: one.obstacle ?? null,
    })),
    count,
    total,
    settled,
    running: { ...running },
    deployed,
    installed: { ...found.installed },
    loaded: loadedJson(loaded, limit),
    artefacts: artefacts.map(({ artefact, findings, running, installed, deployed: places, upgrade }) => ({
      artefact: artefactJson(artefact),
      upgrade:
        upgrade === undefined
          ? null
          : {
              commands: [...upgrade.commands],
              obstacles: [...upgrade.of.values()].flatMap((way) => (way.kind === 'none' ? [way.reason] : [])),
            },
      since: rfc3339(artefact.firstSeen),
      running: running.map(
        ({ name, environment, team, service, path, processes, restart, since, seenAt, tie, standing }) => ({
          host: name,
          environment,
          team,
          service,
          path,
          processes,
          restart,
          since: rfc3339(since),
          seen: rfc3339(seenAt),
          tie,
          standing,
        }),
      ),
      installed: installed.map(installedJson),
      deployed: places.map(({ environment, service, team, host, since, by }) => ({
        ...{ environment, service, team, host, by },
        since: rfc3339(since),
      })),
      findings: findings.map(({ component, member, way, path, said, ranked }) => ({
        ...componentJson(component),
        scope: member.scope,
        method: member.method,
        confidence: member.confidence,
        relation: way.relation,
        path: [...path],
        ranked: ranked ?? null,
        said: said === undefined ? null : saidJson(said),
      })),
    })),
    unknown: unknown.map(({ component, reason, artefacts, processes }) => ({
      ...componentJson(component),
      reason,
      artefacts,
      processes,
    })),
    partlyKnown,
    ruledOut: [...ruledOut],
    missing: [...missing],
    exploited:
      exploited === undefined
        ? null
        : {
            since: rfc3339(exploited.since),
            by: [...exploited.by],
            clock: exploited.clock ?? null,
            next:
              exploited.next === undefined
                ? null
                : {
                    stage: exploited.next.stage,
                    due: exploited.next.due === undefined ? null : rfc3339(exploited.next.due),
                  },
          },
    next: artefacts.length < limit || last === undefined ? null : String(last.artefact.id),
  };
}

function saidJson({ statement, holds }: Said): SaidJson {
  const { id, status, justification, impact, action, author, until } = statement;
  return { id: String(id), holds, status, justification, impact, action, author, until: rfc3339(until) };
}

function loadedJson(
  { running, possible, programs, installed, packages }: Loaded,
  limit: number,
): AffectedJson['loaded'] {
  const last = programs.at(-1);
  const common = ({ host, path, digest, since, objects }: LoadingAt | InstalledAt) => ({
    host: host.name,
    environment: host.environment,
    team: host.team,
    service: host.service,
    path,
    digest,
    since: rfc3339(since),
    seen: rfc3339(host.seenAt),
    objects: objects.map((one) => ({
      path: one.path,
      state: one.state,
      class: one.class,
      how: one.how,
      knownBy: one.knownBy,
      component: packages.get(one.componentId ?? 0)?.identity ?? '',
    })),
  });
  return {
    ...running,
    possible: { ...possible },
    programs: programs.map((one) => ({
      ...common(one),
      pids: [...one.pids],
      processes: one.processes,
      restart: one.restart,
    })),
    installed: installed.map((one) => ({ ...common(one), named: one.named, by: one.by })),
    next: programs.length < limit || last === undefined ? null : `${last.host.name}:${last.path}`,
  };
}

export function installedJson({
  host,
  path,
  named,
  by,
  since,
  tie,
  standing,
}: InstalledArtefact): InstalledPlaceJson {
  const { name, environment, team, service, seenAt } = host;
  return {
    ...{ host: name, environment, team, service, path, named, by, tie, standing },
    since: rfc3339(since),
    seen: rfc3339(seenAt),
  };
}
