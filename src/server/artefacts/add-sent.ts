import type { FastifyRequest } from 'fastify';
import { addArtefact, addLarge } from '../../inventory/add.ts';
import type { Source } from '../../inventory/large/source.ts';
import { checkSigned } from '../../inventory/signed.ts';
import type { ArtefactStatement, StatementHead } from '../../inventory/statement.ts';
import { baseUrl } from '../address.ts';
import type { AddedJson } from '../artefact-contract.ts';
import { remembered } from '../build-sessions/sessions.ts';
import { callerOf } from '../identity/guard.ts';
import { artefactJson } from '../inventory-shape.ts';
import type { ServerParts } from '../parts.ts';

/** What came with the head of an artefact: its components, or where they are read piece by piece. */
type Content = Pick<ArtefactStatement, 'components' | 'roots'> | { readonly source: Source };

/**
 * Adds what somebody sent, by what its signatures are worth: a signed document's components take the place of those
 * that were sent. Throws `InventoryError`.
 */
export async function addSent(
  parts: ServerParts,
  request: FastifyRequest,
  head: StatementHead,
  { bundles, ...content }: Content & { readonly bundles: readonly string[] },
): Promise<AddedJson> {
  const { store, now } = parts.mirror.context;
  const { inventory } = parts.store;
  const checked = await checkSigned(head, bundles, parts.trust, {
    find: (id) => store.buildSessionOf(id),
    server: baseUrl(parts, request),
    since: now() - remembered,
  });
  const isSigned = checked.kind === 'signed';
  const sent = {
    by: callerOf(request).name,
    now: now(),
    signed: isSigned ? { by: checked.signedBy, session: checked.session } : undefined,
    refused: isSigned ? undefined : checked.reason,
  };
  const added = isSigned
    ? await addArtefact(inventory, checked.statement, sent)
    : 'source' in content
      ? await addLarge(inventory, head, content.source, sent, parts.uploads.uses)
      : await addArtefact(inventory, { ...head, ...content }, sent);
  return {
    outcome: added.outcome,
    artefact: artefactJson(added.artefact),
    components: added.components,
    unverified: isSigned ? null : (checked.reason ?? null),
  };
}
