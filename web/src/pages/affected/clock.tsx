import { useState } from 'react';
import type { ExploitedClockJson } from '../../../../src/server/exploited-contract.ts';
import { dossierPath } from '../../api/exploited.ts';
import { countOf } from '../../parts/count.ts';
import { Table } from '../../parts/table.tsx';
import { Toolbar } from '../../parts/toolbar.tsx';
import { When } from '../../parts/when.tsx';
import { SayMeasure, SaySubmitted, TakeBack } from './exploited-acts.tsx';

type Stage = ExploitedClockJson['stages'][number];

const stageWords: Readonly<Record<Stage['stage'], string>> = {
  'early-warning': 'Early warning',
  notification: 'Notification',
  final: 'Final report',
};

/** One clock of article 14: since when, by whose word, its three stages with their dossiers, and what happened. */
export function Clock({
  clock,
  mayState,
}: {
  readonly clock: ExploitedClockJson;
  readonly mayState: boolean;
}) {
  const { advisory, aware, exploitedSince, containedSince, stages, measure, stopped, state } = clock;
  const [saying, setSaying] = useState<Stage['stage'] | 'measure' | 'back'>();
  const mayAct = mayState && state !== 'stopped';
  const close = () => setSaying(undefined);
  return (
    <>
      <p>
        Aware since <When at={aware} exact />: known to be exploited since <When at={exploitedSince} />, to be
        in an artefact since <When at={containedSince} />.
      </p>
      <Marks marks={clock.marks} />
      <Where artefacts={clock.artefacts} />
      {stopped !== null && (
        <p>
          Taken back <When at={stopped.at} /> by {stopped.by}: {stopped.reason}
        </p>
      )}
      <Toolbar
        says={countOf(stages.length, 'stage')}
        name={`exploited-${advisory}`}
        rows={() => [
          ['advisory', 'stage', 'article', 'due', 'state', 'submitted', 'by', 'reference'],
          ...stages.map(({ stage, article, due, state: is, submitted }) => [
            advisory,
            stage,
            article,
            due ?? '',
            is,
            submitted?.at ?? '',
            submitted?.by ?? '',
            submitted?.reference ?? '',
          ]),
        ]}
      />
      <Table name={`Stages of ${advisory}`} heads={['Stage', 'Due', 'Submitted', 'Dossier']}>
        {stages.map((stage) => (
          <tr key={stage.stage}>
            <td>
              {stageWords[stage.stage]}
              <div className="quiet">{stage.article}</div>
            </td>
            <td>
              <Due stage={stage} />
            </td>
            <td>
              <Submitted stage={stage} />
              {mayAct && (
                <button
                  type="button"
                  className="plain"
                  aria-label={`${stage.submitted === null ? 'Submitted…' : 'Change…'} ${stageWords[stage.stage].toLowerCase()} on ${advisory}`}
                  onClick={() => setSaying(stage.stage)}
                >
                  {stage.submitted === null ? 'Submitted…' : 'Change…'}
                </button>
              )}
            </td>
            <td>
              {(['markdown', 'json'] as const).map((format) => (
                <span key={format}>
                  <a
                    href={dossierPath(clock, stage.stage, format)}
                    download={`${advisory}-${stage.stage}.${format === 'markdown' ? 'md' : 'json'}`}
                    aria-label={`${format === 'markdown' ? 'Markdown' : 'JSON'}: dossier of the ${stageWords[stage.stage].toLowerCase()} on ${advisory}`}
                  >
                    {format === 'markdown' ? 'Markdown' : 'JSON'}
                  </a>{' '}
                </span>
              ))}
            </td>
          </tr>
        ))}
      </Table>
      <p>
        {measure === null ? (
          'No corrective or mitigating measure is known to be available: the final report is due 14 days after one is.'
        ) : (
          <>
            A measure is available since <When at={measure.at} exact />, as {measure.by} says: {measure.what}
          </>
        )}
      </p>
      {mayAct && (
        <p className="acts">
          <button type="button" onClick={() => setSaying('measure')}>
            A measure is available…
          </button>
          <button type="button" className="plain" onClick={() => setSaying('back')}>
            It is not exploited after all…
          </button>
        </p>
      )}
      <details>
        <summary>What happened</summary>
        <ul>
          {clock.timeline.map(({ at, by, what }) => (
            <li key={`${at} ${what}`}>
              <When at={at} exact />, {by}: {what}
            </li>
          ))}
        </ul>
      </details>
      {saying === 'measure' && <SayMeasure advisory={advisory} onClose={close} />}
      {saying === 'back' && <TakeBack advisory={advisory} onClose={close} />}
      {saying !== undefined && saying !== 'measure' && saying !== 'back' && (
        <SaySubmitted advisory={advisory} stage={saying} onClose={close} />
      )}
    </>
  );
}

function Marks({ marks }: Pick<ExploitedClockJson, 'marks'>) {
  return (
    <ul className="few">
      {marks.map(({ by, vulnerability, since, reason, reference, ended }) => (
        <li key={`${by} ${vulnerability} ${since}`}>
          {vulnerability} is exploited, as {by} says
          {[reason, reference].filter((one) => one !== null).map((one) => `: ${one}`)}
          {ended !== null && <span className="quiet">; {ended.why}</span>}
        </li>
      ))}
    </ul>
  );
}

/** That statements say of all that it does not strike is shown, and stops nothing. */
function Where({ artefacts }: Pick<ExploitedClockJson, 'artefacts'>) {
  if (artefacts === null)
    return <p>No database that is read has its advisory any more: where it is cannot be told.</p>;
  const { count, settled } = artefacts;
  if (settled === 0) return null;
  return (
    <p>
      Statements (VEX) say of {settled === count ? 'all of' : `${settled} of`} {countOf(count, 'artefact')}{' '}
      that it does not strike there; the clock runs on until somebody takes it back.
    </p>
  );
}

function Due({ stage: { due, state } }: { readonly stage: Stage }) {
  if (due === null) return <span className="quiet">not known yet</span>;
  if (state === 'stopped') return <span className="quiet">not to be submitted</span>;
  return (
    <>
      {state === 'overdue' && <strong className="bad">Overdue: </strong>}
      <When at={due} exact />
    </>
  );
}

function Submitted({ stage: { submitted, due } }: { readonly stage: Stage }) {
  if (submitted === null) return <span className="quiet">no </span>;
  const isLate = due !== null && Date.parse(submitted.at) > Date.parse(due);
  return (
    <div>
      <When at={submitted.at} exact />, as {submitted.by} says
      {submitted.reference !== null && ` (${submitted.reference})`}
      {isLate && <span className="bad">, after it was due</span>}
    </div>
  );
}
