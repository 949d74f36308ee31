import { useQuery } from '@tanstack/react-query';
import type { AffectedJson } from '../../../../src/server/affected-contract.ts';
import { exposuresOfQuery } from '../../api/inventory.ts';
import { countOf } from '../../parts/count.ts';
import { Toolbar } from '../../parts/toolbar.tsx';
import { Exploited } from './exploited.tsx';
import { Artefacts, Loaded, Releases } from './found.tsx';

const answers: Readonly<Record<AffectedJson['answer'], string>> = {
  affected: 'Yes, it is here',
  unknown: 'Nothing is known to have it, and not of everything is that known',
  none: 'No, nothing has it',
};

/** What is known of where it is; what is not known stands beside it. */
export function Answer({ found, isOld }: { readonly found: AffectedJson; readonly isOld: boolean }) {
  const { answer, advisories, releases, artefacts, count, total, running, loaded } = found;
  const advisory = advisories[0]?.id;
  const { data } = useQuery({ ...exposuresOfQuery(advisory ?? ''), enabled: advisory !== undefined });
  const exposures = data?.exposures ?? [];
  const { missing, unknown, partlyKnown, ruledOut } = found;
  const rows = () => [
    ['artefact', 'id', 'component', 'path', 'hosts'],
    ...artefacts.flatMap(({ artefact, findings, running }) =>
      findings.map(({ component, path }) => [
        artefact.name,
        artefact.id,
        component,
        path.join(' > '),
        running.map(({ host }) => host).join(' '),
      ]),
    ),
  ];
  const doubts = [
    ...missing,
    ...unknown.map(({ component, reason }) => `${component}: ${reason}`),
    ...(partlyKnown > 0 ? [`of ${countOf(partlyKnown, 'artefact')} not all components are known`] : []),
    ...(ruledOut.length > 0 ? [`it is not about ${ruledOut.join(', ')}: their artefacts are left out`] : []),
  ];
  return (
    <div aria-busy={isOld}>
      <p className={`answer-${answer}`} role="status">
        <strong>{answers[answer]}.</strong> {count} of {countOf(total, 'artefact')},{' '}
        {countOf(running.processes, 'process', 'processes')} on {countOf(running.hosts, 'host')}.
      </p>
      <ul>
        {advisories.map(({ id, package: name, title, severity, fixed, aliases }) => (
          <li key={`${id} ${name}`}>
            <strong>{id}</strong> {title}
            <span className="quiet">
              {' '}
              {[severity, aliases.join(', '), fixed === undefined ? '' : `fixed in ${fixed}`]
                .filter((one) => one !== undefined && one !== '')
                .join('; ')}
            </span>
          </li>
        ))}
      </ul>
      <Exploited ids={advisories.flatMap(({ id, aliases }) => [id, ...aliases])} />
      {doubts.length > 0 && (
        <details open={answer === 'unknown'}>
          <summary>What is not known</summary>
          <ul>
            {doubts.map((one) => (
              <li key={one}>{one}</li>
            ))}
          </ul>
        </details>
      )}
      {artefacts.length > 0 && (
        <Toolbar
          says={artefacts.length < count ? `the first ${artefacts.length}` : countOf(count, 'artefact')}
          name="affected"
          rows={rows}
        />
      )}
      <Releases releases={releases} />
      <Artefacts artefacts={artefacts} exposures={exposures} />
      <Loaded loaded={loaded} exposures={exposures} />
    </div>
  );
}
