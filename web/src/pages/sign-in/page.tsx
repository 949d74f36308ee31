import { useMutation, useQueryClient } from '@tanstack/react-query';
import { getRouteApi, useRouter } from '@tanstack/react-router';
import { type FormEvent, useState } from 'react';
import type { SessionJson } from '../../../../src/server/contract.ts';
import { ask } from '../../api/client.ts';
import { Copyable } from '../../parts/copyable.tsx';
import { Trouble } from '../../parts/trouble.tsx';

const route = getRouteApi('/sign-in');

/** A token is shown to the server once; from then on a cookie that no script can read stands for it. */
export function SignIn() {
  const { back = '/' } = route.useSearch();
  const { history } = useRouter();
  const queries = useQueryClient();
  const [token, setToken] = useState('');
  const { mutate, isPending, error } = useMutation({
    mutationFn: () => ask<SessionJson>('/api/v1/session', 'POST', { token }),
    onSuccess: async () => {
      setToken('');
      await queries.invalidateQueries();
      history.push(back);
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    mutate();
  };
  return (
    <div className="narrow">
      <h1>Sign in</h1>
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
