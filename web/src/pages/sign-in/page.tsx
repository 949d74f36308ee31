import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { getRouteApi, useRouter } from '@tanstack/react-router';
import { type FormEvent, useEffect, useRef, useState } from 'react';
import type { SessionJson } from '../../../../src/server/contract.ts';
import { askAgain } from '../../api/again.ts';
import { ask, withQuery } from '../../api/client.ts';
import { sessionQuery } from '../../api/queries.ts';
import { Copyable } from '../../parts/copyable.tsx';
import { Trouble } from '../../parts/trouble.tsx';
import { takeOnce } from './once.ts';
import { Refused } from './refused.tsx';

const route = getRouteApi('/sign-in');

/**
 * At the organisation's provider, by a link that is good once, or with a token. A token is shown to the server once;
 * from then on a cookie that no script can read stands for it.
 */
export function SignIn() {
  const { back = '/', refused } = route.useSearch();
  const { data: session } = useQuery(sessionQuery);
  const once = useRef<string>(undefined);
  const { history } = useRouter();
  const queries = useQueryClient();
  const [token, setToken] = useState('');
  const { mutate, isPending, error } = useMutation({
    mutationFn: (shown: { readonly token: string } | { readonly link: string }) =>
      ask<SessionJson>('/api/v1/session', 'POST', shown),
    onSuccess: async () => {
      setToken('');
      await askAgain(queries);
      history.push(back);
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    mutate({ token });
  };
  useEffect(() => {
    // Effects may run twice; what is good once is sent once.
    if (once.current !== undefined) return;
    once.current = takeOnce();
    if (once.current !== undefined) mutate({ link: once.current });
  }, [mutate]);
  return (
    <div className="narrow">
      <h1>Sign in</h1>
      {refused !== undefined && <Refused code={refused} />}
      {session?.provider != null && (
        <p>
          <a className="button" href={withQuery('/sign-in/oidc', { back })}>
            Sign in at {session.provider}
          </a>
        </p>
      )}
      <form onSubmit={submit}>
        <label htmlFor="token">Your token</label>
        <input
          id="token"
          type="password"
          autoComplete="current-password"
          value={token}
          onChange={(event) => setToken(event.target.value)}
          placeholder="sg_…"
          required
          maxLength={200}
        />
        {error !== null && <Trouble error={error} />}
        <button type="submit" disabled={isPending || token.trim() === ''}>
          {isPending ? 'One moment…' : 'Sign in'}
        </button>
      </form>
      <p className="quiet">
        Whoever runs the server makes one: <Copyable text="safeguard token create NAME --role reviewer" /> You
        stay signed in for twelve hours, or until the token ends.
      </p>
    </div>
  );
}
