import type { StatusJson } from '../../../../src/server/contract.ts';
import { When } from '../../parts/when.tsx';

/** Whether what the mirror goes by is there: its registries, those it tells, its policy. */
export function Health({ status }: { readonly status: StatusJson }) {
  const { upstreams, failing, notify, waivers, policy, releases, crates, feeds = [], loops = [] } = status;
  const late = loops.filter((one) => one.late);
  return (
    <section>
      <h2>Health</h2>
      <dl className="health">
        {upstreams.map(({ name, reachable, lastError, lastContact }) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd className={reachable === false ? 'bad' : undefined}>
              {reachable === null
                ? 'not asked yet'
                : reachable
                  ? 'answers'
                  : (lastError ?? 'does not answer')}
              {lastContact !== null && (
                <span className="quiet">
                  {' '}
                  (<When at={lastContact} />)
                </span>
              )}
            </dd>
          </div>
        ))}
        {notify.map(({ name, error, waiting }) => (
          <div key={name}>
            <dt>tells {name}</dt>
            <dd className={error === null ? undefined : 'bad'}>
              {error ?? (waiting === 0 ? 'all delivered' : `${waiting} to be delivered`)}
            </dd>
          </div>
        ))}
        {feeds.map(({ kind, name, readAt, alarm }) => (
          <div key={`${kind} ${name}`}>
            <dt>{kind}</dt>
            <dd className={alarm === null ? undefined : 'bad'}>
              {alarm ?? (readAt === null ? 'not read yet' : 'read')}{' '}
              {readAt !== null && (
                <span className="quiet">
                  <When at={readAt} />
                </span>
              )}
              <div className="quiet">{name}</div>
            </dd>
          </div>
        ))}
        {loops.length > 0 && (
          <div>
            <dt>Loops</dt>
            <dd className={late.length > 0 ? 'bad' : undefined}>
              {late.length === 0
                ? `all ${loops.length} in time`
                : late.map(({ name, by }) => `${name} is late by ${by} s`).join('; ')}
              {loops
                .flatMap(({ name, excuse }) => (excuse === null ? [] : [`${name}: ${excuse}`]))
                .map((says) => (
                  <div key={says} className="quiet">
                    {says}
                  </div>
                ))}
            </dd>
          </div>
        )}
        <div>
          <dt>Crates</dt>
          <dd className={failing > 0 ? 'bad' : undefined}>
            {crates}
            {failing > 0 && `, ${failing} could not be read`}
          </dd>
        </div>
        <div>
          <dt>Handed out</dt>
          <dd>{releases.promoted}</dd>
        </div>
        <div>
          <dt>Policy</dt>
          <dd>
            <code>{policy.digest.slice(0, 12)}</code>{' '}
            <span className="quiet">
              since <When at={policy.since} />
            </span>
          </dd>
        </div>
        {waivers.length > 0 && (
          <div>
            <dt>Waivers</dt>
            <dd>{waivers.length} of the policy except nothing here</dd>
          </div>
        )}
      </dl>
    </section>
  );
}
