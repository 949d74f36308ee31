import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { policyQuery } from '../../api/policy.ts';
import { sessionQuery } from '../../api/queries.ts';
import { Trouble } from '../../parts/trouble.tsx';
import { For } from '../../parts/when.tsx';
import { History } from './history.tsx';
import { Settings } from './settings.tsx';
import { type PolicyTab, policyTabs } from './tabs.ts';
import { Trial } from './trial.tsx';
import { Waivers } from './waivers.tsx';

const route = getRouteApi('/policy');

const words: Readonly<Record<PolicyTab, string>> = {
  settings: 'In force',
  trial: 'Change it',
  waivers: 'Waivers and rules',
  history: 'History',
};

/** The policy: what is in force and why, what another one would have done, and those before it. */
export function Policy() {
  const { tab = 'settings', from, setting } = route.useSearch();
  const { data: policy, error } = useQuery(policyQuery);
  const { data: session } = useQuery(sessionQuery);
  const may = (permission: string) => session?.may.includes(permission) === true;
  if (error !== null)
    return (
      <>
        <h1>Policy</h1>
        <Trouble error={error} />
      </>
    );
  if (policy === undefined) return <p aria-busy="true">Reading…</p>;
  return (
    <>
      <h1>Policy</h1>
      <p>
        <code>{policy.digest.slice(0, 12)}</code>{' '}
        <span className="quiet">
          in force <For since={policy.since} />
        </span>
      </p>
      <nav className="tabs" aria-label="Of the policy">
        {policyTabs.map((one) => (
          <Link
            key={one}
            to="/policy"
            search={{ tab: one === 'settings' ? undefined : one }}
            aria-current={one === tab ? 'page' : undefined}
            activeOptions={{ includeSearch: true, exact: true }}
          >
            {words[one]}
          </Link>
        ))}
      </nav>
      {tab === 'settings' && <Settings settings={policy.settings} mayTry={may('policy:try')} />}
      {tab === 'trial' && (
        <Trial
          key={`${from} ${setting}`}
          policy={policy}
          from={from}
          setting={setting}
          may={{ attempt: may('policy:try'), save: may('policy:save') }}
        />
      )}
      {tab === 'waivers' && <Waivers policy={policy} />}
      {tab === 'history' && <History history={policy.history} />}
    </>
  );
}
