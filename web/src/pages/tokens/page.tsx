import { useQuery } from '@tanstack/react-query';
import { tokensQuery } from '../../api/queries.ts';
import { Copyable } from '../../parts/copyable.tsx';
import { countOf } from '../../parts/count.ts';
import { Table } from '../../parts/table.tsx';
import { Toolbar } from '../../parts/toolbar.tsx';
import { Trouble } from '../../parts/trouble.tsx';
import { When } from '../../parts/when.tsx';

/** Who has a token, for what, until when, and when it was last used. */
export function Tokens() {
  const { data, error, isPending } = useQuery(tokensQuery);
  if (error !== null) return <Trouble error={error} />;
  const tokens = data?.tokens ?? [];
  const rows = () => [
    ['name', 'owner', 'role', 'created', 'used', 'ends', 'revoked'],
    ...tokens.map(({ name, owner, role, created, used, ends, revoked }) => [
      name,
      owner,
      role,
      created,
      used ?? '',
      ends ?? '',
      revoked ?? '',
    ]),
  ];
  return (
    <>
      <h1>Tokens</h1>
      <Toolbar says={isPending ? 'Reading…' : countOf(tokens.length, 'token')} name="tokens" rows={rows} />
      <Table name="Tokens" heads={['Name', 'Whose', 'Role', 'Made', 'Last used', 'Ends']}>
        {tokens.map(({ name, owner, role, created, used, ends, revoked }) => (
          <tr key={name} className={revoked === null ? undefined : 'over'}>
            <td>{name}</td>
            <td>{owner}</td>
            <td>{role}</td>
            <td>
              <When at={created} />
            </td>
            <td>{used === null ? 'never' : <When at={used} />}</td>
            <td>
              {revoked !== null ? (
                <>
                  taken back <When at={revoked} />
                </>
              ) : ends === null ? (
                'never'
              ) : (
                <When at={ends} />
              )}
            </td>
          </tr>
        ))}
      </Table>
      <p className="quiet">
        Tokens are made and ended where they can be shown once:{' '}
        <Copyable text="safeguard token create NAME --role reviewer --until 2027-06-30" />
      </p>
    </>
  );
}
