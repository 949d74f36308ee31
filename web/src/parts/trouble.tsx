import { Link, useLocation } from '@tanstack/react-router';
import { ApiProblem } from '../api/client.ts';

/** Why something cannot be shown, in the server's words, and what to do. */
export function Trouble({ error }: { readonly error: unknown }) {
  const { href } = useLocation();
  const problem = error instanceof ApiProblem ? error : undefined;
  return (
    <div className="trouble" role="alert">
      <p>
        {problem?.message ??
          'This page failed. Load it again; if it stays so, the browser’s console says why.'}
      </p>
      {problem?.status === 401 && (
        <p>
          <Link to="/sign-in" search={{ back: href }}>
            Sign in
          </Link>{' '}
          with a token that may see it.
        </p>
      )}
      {problem?.status === 0 && <p>Is the server running, and is this machine connected?</p>}
    </div>
  );
}
