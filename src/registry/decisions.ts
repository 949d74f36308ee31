import { type DecisionSettings, findingDigest, mayAnswer, ownersOf } from '../policy/decisions.ts';
import type { Finding } from '../policy/finding.ts';
import { isSamePerson } from '../policy/people.ts';
import type { Policy } from '../policy/policy.ts';
import { leadingFinding } from '../policy/verdict.ts';
import type { DecisionRecord, ReleaseRecord } from '../store/records.ts';
import type { StoreWriter } from '../store/store.ts';
import type { MirrorContext } from './context.ts';
import { type Act, type Acted, named, perform, target } from './desk.ts';
import { notAllowed } from './error.ts';
import { questionsIn } from './questions.ts';
import type { Mirror } from './serve/mirror.ts';

/**
 * Answers what is found on a release and waits for a person. It is bound to the bytes and to those findings. Throws `RegistryError`
 * `registry/not-allowed` where there is nothing to answer.
 */
export async function approve(mirror: Mirror, act: Act): Promise<Acted> {
  const { context } = mirror;
  const { registry, key, version } = oneRelease(context, act);
  const [release] = await decide(context, act, 'approve');
  // What was approved by its index line alone is read before anybody is told that it is handed out.
  if (release?.state === 'promoted' && release.judged === 'index')
    await mirror.judge(registry, key, version, 'approval');
  const after = (await context.store.release(registry, key, version)) ?? release;
  return {
    message: after === undefined ? '' : approved(act, after, context.policy.policy),
    releases: after === undefined ? [] : [after],
  };
}

/** Denies a release that waits for a person, whatever else is found, until that is taken back or ends. Throws as above. */
export async function reject({ context }: Mirror, act: Act): Promise<Acted> {
  const releases = await decide(context, act, 'reject');
  return { message: `${named(act)} is rejected: it is refused until that is taken back.`, releases };
}

/** Takes every decision on a release back that stands; the rules then decide again. Throws as above. */
export async function takeBack({ context }: Mirror, act: Act): Promise<Acted> {
  const { registry, key, version } = oneRelease(context, act);
  const releases = await perform(context, act, 'taken-back', async (tx, at) => {
    const how = { by: act.actor.name, at, reason: act.reason };
    if ((await tx.takeBackDecisions({ registry, key, version }, how)) === 0)
      throw notAllowed(`There is no decision on ${named(act)} to take back.`);
  });
  return { message: `What was decided on ${named(act)} is taken back; the rules decide again.`, releases };
}

async function decide(
  context: MirrorContext,
  act: Act,
  kind: DecisionRecord['kind'],
): Promise<readonly ReleaseRecord[]> {
  const { registry, key, version } = oneRelease(context, act);
  if (act.until !== undefined && act.until <= context.now())
    throw notAllowed('That time is over: give a day that is still to come.');
  const { policy } = context.policy;
  const event = kind === 'approve' ? 'approved' : 'rejected';
  return await perform(context, act, event, async (tx, at) => {
    const release = await tx.release(registry, key, version);
    if (release === undefined) throw notAllowed(`This mirror knows no ${named(act)}.`);
    const asked = questionsIn(release, policy);
    if (asked.length === 0) throw notAllowed(nothingToDecide(release, act));
    const answered = kind === 'approve' ? await partOf(tx, act, release, asked, policy) : asked;
    await tx.putDecision({
      registry,
      key,
      version,
      checksum: release.checksum,
      kind,
      answers: answered.map(findingDigest),
      by: act.actor.name,
      reason: act.reason,
      at,
      until: act.until ?? null,
      authorEndedAt: act.actor.endsAt,
    });
  });
}

/** What of a release a person may approve of: not what they asked for themselves, and of the rest what no other person owns. */
async function partOf(
  tx: StoreWriter,
  act: Act,
  { registry, key, version }: ReleaseRecord,
  asked: readonly Finding[],
  policy: Policy,
): Promise<readonly Finding[]> {
  const { name } = act.actor;
  const requests = await tx.requestsFor(registry, key, version);
  if (requests.some(({ by }) => isSamePerson(by, name)))
    throw notAllowed(`${name} asked for ${named(act)}: somebody else approves of it.`);
  const settings = policy.settings.decisions as DecisionSettings;
  const own = asked.filter(({ rule }) => mayAnswer(name, rule, settings));
  if (own.length > 0) return own;
  const others = [...new Set(asked.map(({ rule }) => rule))].map(
    (rule) => `${rule} (${ownersOf(rule, settings).join(', ')})`,
  );
  throw notAllowed(`Others answer what waits on ${named(act)}: ${others.join('; ')}.`);
}

function nothingToDecide(release: ReleaseRecord, act: Act): string {
  const leading = leadingFinding(release.verdict);
  const why =
    leading === undefined || leading.effect === 'warn'
      ? ''
      : ` The rule ${leading.rule} says: ${leading.message}`;
  return `There is nothing to decide on ${named(act)}: it is ${release.state}, and no finding on it waits for a person.${why}`;
}

function approved(act: Act, release: ReleaseRecord, policy: Policy): string {
  const { people } = policy.settings.decisions as DecisionSettings;
  if (release.state === 'review' && people > 1)
    return `${act.actor.name}'s yes to ${named(act)} is recorded; ${people} different people have to say it.`;
  const where = {
    promoted: 'it is handed out.',
    held: 'nobody has to decide on it any more, and its cool-down goes on.',
    review: 'something else of it still waits for a person.',
    blocked: 'it stays refused: a rule denies it that no yes answers.',
    withdrawn: 'its registry has withdrawn it.',
  }[release.state];
  return `${named(act)} is approved: ${where}`;
}

function oneRelease(
  context: MirrorContext,
  act: Act,
): { readonly registry: string; readonly key: string; readonly version: string } {
  const { registry, key, version } = target(context, act);
  if (version === null) throw notAllowed('A decision is on one version of one crate.');
  return { registry, key, version };
}
