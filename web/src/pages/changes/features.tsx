import type { Change } from './words.ts';

type Feature = NonNullable<Change['features']>[number];

/** What is switched on or off, as a tree: target, whose build, crate, features. */
export function Features({ changes }: { readonly changes: readonly Change[] }) {
  const all = changes.flatMap((change) => (change.features ?? []).map((feature) => ({ change, feature })));
  if (all.length === 0)
    return (
      <p className="empty">
        Nothing is switched on or off, or nobody could tell: that takes the manifests of both sides (`--base`
        with a revision).
      </p>
    );
  const targets = Map.groupBy(all, ({ feature }) => feature.target);
  return (
    <ul className="tree">
      {[...targets].sort().map(([target, ofTarget]) => (
        <li key={target}>
          <details open>
            <summary>
              <code>{target}</code> <span className="quiet">{ofTarget.length}</span>
            </summary>
            <ul>
              {[...Map.groupBy(ofTarget, ({ feature }) => buildOf(feature))].map(([build, ofBuild]) => (
                <li key={build}>
                  {build}
                  <ul>
                    {ofBuild.map(({ change, feature }) => (
                      <li key={`${change.crate} ${change.to} ${change.from}`}>
                        <details open>
                          <summary>
                            <strong>{change.crate}</strong>{' '}
                            <span className="version">{change.to ?? change.from}</span>{' '}
                            {feature.built !== undefined && (
                              <span className="quiet">
                                {feature.built === 'now' ? 'built from now on' : 'built no longer'}
                              </span>
                            )}
                          </summary>
                          <Switched feature={feature} />
                        </details>
                      </li>
                    ))}
                  </ul>
                </li>
              ))}
            </ul>
          </details>
        </li>
      ))}
    </ul>
  );
}

function Switched({ feature: { gained, lost } }: { readonly feature: Feature }) {
  if (gained.length + lost.length === 0) return <p className="quiet">without any feature</p>;
  return (
    <ul>
      {gained.map((name) => (
        <li key={name}>
          <ins>+ {name}</ins>
        </li>
      ))}
      {lost.map((name) => (
        <li key={name}>
          <del>− {name}</del>
        </li>
      ))}
    </ul>
  );
}

/** Whose build it is. */
function buildOf({ members, builtFor }: Feature): string {
  const what = builtFor === 'host' ? 'what runs at build time' : 'what is built for it';
  return members === undefined ? what : `${what}, of ${members.join(', ')}`;
}
