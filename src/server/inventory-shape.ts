import type { ArtefactRecord, ComponentRecord } from '../store/inventory/records.ts';
import type { ArtefactJson, ComponentJson } from './inventory-contract.ts';
import { rfc3339 } from './shape.ts';

/** An artefact in the API's words. */
export function artefactJson(record: ArtefactRecord): ArtefactJson {
  const { identity, name, version, digest, size, buildId, format, target, project, commit } = record;
  const { builtAt, trust, completeness, firstSeen, lastSeen, by } = record;
  return {
    id: identity,
    name,
    version,
    digest,
    size,
    buildId,
    format,
    target,
    project,
    commit,
    built: builtAt === null ? null : rfc3339(builtAt),
    trust,
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
