import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, Outlet, useLocation, useNavigate } from '@tanstack/react-router';
import { useEffect, useRef, useState } from 'react';
import { askAgain } from '../api/again.ts';
import { ask } from '../api/client.ts';
import { sessionQuery, statusQuery } from '../api/queries.ts';
import { Help } from './help.tsx';
import { useKeys } from './keys.ts';

/** What stands around each page: the way to the others, who is signed in, what is wrong with the server. */
export function Frame() {
  const [helping, setHelping] = useState(false);
  const { data: session } = useQuery(sessionQuery);
  const navigate = useNavigate();
  const pages = useRef<HTMLElement>(null);
  const { pathname } = useLocation();
  // Where the pages stand in one line that scrolls, the one that is shown is in view.
  // biome-ignore lint/correctness/useExhaustiveDependencies: another page is marked then.
  useEffect(() => {
    const current = pages.current?.querySelector<HTMLElement>('[aria-current="page"]');
    if (current != null) pages.current?.scrollTo({ left: current.offsetLeft - 48 });
  }, [pathname, session]);
  const first = useRef(pathname);
  // Another page begins at its beginning, for keys and for those who hear it.
  useEffect(() => {
    if (first.current === pathname) return;
    first.current = pathname;
    document.querySelector<HTMLElement>('main')?.focus({ preventScroll: true });
  }, [pathname]);
  const may = (permission: string) => session?.may.includes(permission) === true;
  useKeys({
    'g t': () => void navigate({ to: '/' }),
    'g q': () => void navigate({ to: '/quarantine' }),
    'g r': () => void navigate({ to: '/requests' }),
    'g c': () => void navigate({ to: '/changes' }),
    'g l': () => void navigate({ to: '/graph' }),
    'g p': () => void navigate({ to: '/approvals' }),
    'g b': () => void navigate({ to: '/artefacts' }),
    'g h': () => void navigate({ to: '/running' }),
    'g f': () => void navigate({ to: '/affected' }),
    'g y': () => void navigate({ to: '/policy' }),
    'g s': () => void navigate({ to: '/settings' }),
    'g a': () => void navigate({ to: '/audit' }),
    '?': () => setHelping(true),
  });
  return (
    <>
      <a className="skip" href="#main">
        To the content
      </a>
      <header className="top">
        <Link to="/" className="mark">
          Safeguard
        </Link>
        <nav aria-label="Pages" ref={pages}>
          <Link to="/" activeOptions={{ exact: true }}>
            Today
          </Link>
          <Link to="/quarantine">Quarantine</Link>
          <Link to="/requests">Requests</Link>
          {may('changes:read') && <Link to="/changes">Changes</Link>}
          {may('graph:read') && <Link to="/graph">Graph</Link>}
          <Link to="/approvals">Approvals</Link>
          {may('inventory:read') && <Link to="/artefacts">Artefacts</Link>}
          {may('sightings:read') && <Link to="/running">Running</Link>}
          {may('inventory:read') && <Link to="/affected">Affected</Link>}
          {may('policy:read') && <Link to="/policy">Policy</Link>}
          {may('audit:read') && <Link to="/audit">Audit log</Link>}
          {may('tokens:read') && <Link to="/tokens">Tokens</Link>}
          {may('settings:read') && <Link to="/settings">Settings</Link>}
        </nav>
        <div className="who">
          <button type="button" className="plain" onClick={() => setHelping(true)} aria-label="Keyboard help">
            ?
          </button>
          <Who />
        </div>
      </header>
      <Alarms />
      <main id="main" tabIndex={-1}>
        <Outlet />
      </main>
      {helping && <Help onClose={() => setHelping(false)} />}
    </>
  );
}

function Who() {
  const { data: session } = useQuery(sessionQuery);
  const queries = useQueryClient();
  const { href } = useLocation();
  if (session === undefined) return null;
  if (session.who === null)
    return (
      <Link to="/sign-in" search={{ back: href }}>
        Sign in
      </Link>
    );
  const signOut = async () => {
    await ask('/api/v1/session', 'DELETE');
    await askAgain(queries);
  };
  return (
    <>
      <span>
        {session.who.name} <span className="quiet">({session.who.role})</span>
      </span>
      <button type="button" className="plain" onClick={() => void signOut()}>
        Sign out
      </button>
    </>
  );
}

/** What the server itself says is wrong: on every page, since it may be why the page says what it says. */
function Alarms() {
  const { data: status } = useQuery(statusQuery);
  if (status === undefined || status.alarms.length === 0) return null;
  return (
    <ul className="alarms" role="alert">
      {status.alarms.slice(-3).map(({ at, message }) => (
        <li key={`${at} ${message}`}>{message}</li>
      ))}
    </ul>
  );
}
