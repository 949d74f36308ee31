import { useInfiniteQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useDeferredValue, useState } from 'react';
import { artefactQuery } from '../../api/inventory.ts';
import { countOf } from '../../parts/count.ts';
import { Toolbar } from '../../parts/toolbar.tsx';
import { Trouble } from '../../parts/trouble.tsx';
import { Components } from './components.tsx';
import { Provenance } from './provenance.tsx';
import { Refused } from './refused.tsx';

const route = getRouteApi('/artefacts/$id');

/** One artefact: where it comes from, the crates and the C libraries in it. */
export function Artefact() {
  const { id } = route.useParams();
  const { data, error, ...pages } = useInfiniteQuery(artefactQuery(id));
  const [typed, setTyped] = useState('');
  const part = useDeferredValue(typed.trim().toLowerCase());
  if (error !== null) return <Trouble error={error} />;
  const [first] = data?.pages ?? [];
  if (first === undefined) return <p aria-busy="true">Reading…</p>;
  const { artefact, changes, changesUnknown, count } = first;
  const read = data?.pages.flatMap(({ components }) => components) ?? [];
  const shown = read.filter(({ component }) => component.toLowerCase().includes(part));
  const crates = shown.filter(({ kind }) => kind !== 'other');
  const native = shown.filter(({ kind }) => kind === 'other');
  const rows = () => [
    ['component', 'kind', 'name', 'version', 'scope', 'relation', 'method', 'confidence'],
    ...shown.map(({ component, kind, name, version, scope, relation, method, confidence }) => [
      component,
      kind,
      name,
      version ?? '',
      scope,
      relation,
      method,
      confidence,
    ]),
  ];
  return (
    <>
      <p>
        <Link to="/artefacts">Artefacts</Link>
      </p>
      <h1>
        {artefact.name} <span className="version">{artefact.version}</span>
      </h1>
      <Provenance artefact={artefact} changes={changes} changesUnknown={changesUnknown} />
      {artefact.refused.length > 0 && <Refused refused={artefact.refused} />}
      <p>
        <Link to="/graph" search={{ artefact: artefact.id }}>
          What needs what, as a graph
        </Link>
      </p>
      <search>
        <label>
          Only components with{' '}
          <input type="search" value={typed} onChange={(event) => setTyped(event.target.value)} />
        </label>
      </search>
      <Toolbar
        says={`${shown.length} of ${countOf(count, 'component')}`}
        name={`components-${artefact.name}`}
        rows={rows}
        pages={pages}
      />
      <h2>Crates ({crates.length})</h2>
      {crates.length === 0 ? (
        <p className="empty">None is known{part === '' ? '' : ' with that in its name'}.</p>
      ) : (
        <Components name="Crates" components={crates} />
      )}
      <h2>C libraries and others ({native.length})</h2>
      {native.length === 0 ? (
        <p className="empty">
          None is known. A sealed build writes down which libraries it was given; an agent says which ones a
          running program has loaded.
        </p>
      ) : (
        <Components name="C libraries and others" components={native} />
      )}
    </>
  );
}
