import type { PolicyJson } from '../../../../src/server/policy-contract.ts';
import { countOf } from '../../parts/count.ts';
import { Table } from '../../parts/table.tsx';
import { Toolbar } from '../../parts/toolbar.tsx';

/** The exceptions of the policy, and the rules that it adds. */
export function Waivers({ policy: { waivers, rules } }: { readonly policy: PolicyJson }) {
  const rows = () => [
    ['rule', 'crate', 'version', 'by', 'expires', 'reason'],
    ...waivers.map(({ rule, crate, version, by, expires, reason }) => [
      rule,
      crate,
      version,
      by,
      expires,
      reason,
    ]),
  ];
  return (
    <>
      <h2>Waivers</h2>
      {waivers.length === 0 ? (
        <p className="empty">
          There is none. A waiver excepts a crate from one rule until a day, with a reason and a name: write a
          [[waiver]] into the policy.
        </p>
      ) : (
        <>
          <Toolbar says={countOf(waivers.length, 'waiver')} name="waivers" rows={rows} />
          <Table name="Waivers" heads={['Rule', 'Crate', 'By', 'Why', 'Until']}>
            {waivers.map(({ rule, crate, version, by, expires, reason }) => (
              <tr key={`${rule} ${crate} ${version} ${by}`}>
                <td>{rule}</td>
                <td>
                  {crate} <span className="version">{version}</span>
                </td>
                <td>{by}</td>
                <td className="wide">{reason}</td>
                <td>{expires}</td>
              </tr>
            ))}
          </Table>
        </>
      )}
      <h2>Rules of its own</h2>
      {rules.length === 0 ? (
        <p className="empty">
          There is none. A [[rule]] in the policy asks what the built-in ones do not; with dry-run = true it
          only says what it would do.
        </p>
      ) : (
        <>
          <Toolbar
            says={countOf(rules.length, 'rule')}
            name="rules"
            rows={() => [
              ['rule', 'effect', 'dry run', 'when'],
              ...rules.map(({ id, effect, dryRun, when }) => [id, effect, dryRun ? 'yes' : 'no', when]),
            ]}
          />
          <Table name="Rules" heads={['Rule', 'Does', 'When']}>
            {rules.map(({ id, effect, dryRun, when }) => (
              <tr key={id}>
                <td>{id}</td>
                <td>
                  {effect}
                  {dryRun && <div className="quiet">tried out: it only warns</div>}
                </td>
                <td className="wide">
                  <code>{when}</code>
                </td>
              </tr>
            ))}
          </Table>
        </>
      )}
    </>
  );
}
