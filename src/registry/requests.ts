import { isSamePerson } from '../policy/people.ts';
import type { ReleaseRecord } from '../store/records.ts';
import { type MirrorContext, upstreamOf } from './context.ts';
import { type Act, type Acted, named } from './desk.ts';
import { notAllowed } from './error.ts';
import { crateName } from './judgement/gather.ts';
import { tellAlarm } from './notify/alarm.ts';

/**
 * Writes down that a person needs a release that is not handed out, and tells those who decide. It decides nothing, and whoever
 * asked does not approve of it. Throws `RegistryError` `registry/not-allowed`.
 */
export async function request(context: MirrorContext, act: Act, release: ReleaseRecord): Promise<Acted> {
  const { actor, reason } = act;
  const { registry, key, version } = release;
  upstreamOf(context, registry);
  const at = context.now();
  const people = await context.store.write(async (tx) => {
    const current = await tx.release(registry, key, version);
    if (current === undefined || current.state === 'promoted')
      throw notAllowed(`${named(act)} is handed out: there is nothing to ask for.`);
    if (current.state === 'withdrawn')
      throw notAllowed(`The registry of ${named(act)} withdrew it: nobody here can hand it out.`);
    const decided = await tx.standingDecisions(registry, key);
    const isApprover = decided.some(
      (one) => one.version === version && one.kind === 'approve' && isSamePerson(one.by, actor.name),
    );
    if (isApprover) throw notAllowed(`${actor.name} approved of ${named(act)} already.`);
    const before = await tx.requestsFor(registry, key, version);
    const own = before.find(({ by }) => isSamePerson(by, actor.name));
    await tx.putRequest({ registry, key, version, by: own?.by ?? actor.name, reason, at });
    const subject = `${registry} ${crateName([release])}@${version}`;
    const was = own === undefined ? null : { reason: own.reason };
    await context.auditor?.noteOf(tx, actor, {
      at,
      action: 'release.requested',
      subject,
      before: was,
      after: { reason },
    });
    if (own === undefined) {
      const message = `${actor.name} needs ${named(act)}: ${reason}`;
      const next = 'Look at it on the page Requests.';
      const alarm = { alarm: 'release-requested', message, next };
      await tellAlarm(tx, context.targets, alarm, `${registry} ${key} ${version} ${actor.name}`, at);
    }
    return before.length + (own === undefined ? 1 : 0);
  });
  const others = people - 1;
  const shared =
    others === 0 ? '' : ` ${others} ${others === 1 ? 'person needs' : 'people need'} it as well.`;
  return {
    message: `It is written down that ${actor.name} needs ${named(act)}; somebody else decides.${shared}`,
    releases: [release],
  };
}
