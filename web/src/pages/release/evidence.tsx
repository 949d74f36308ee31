/** What a finding goes by, as it stands in the verdict: names and values, lists as lists. */
export function Evidence({ evidence }: { readonly evidence: Readonly<Record<string, unknown>> }) {
  const entries = Object.entries(evidence).filter(([, value]) => value !== undefined && value !== null);
  if (entries.length === 0) return null;
  return (
    <details className="evidence">
      <summary>Evidence</summary>
      <dl>
        {entries.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>
              <Value value={value} />
            </dd>
          </div>
        ))}
      </dl>
    </details>
  );
}

function Value({ value }: { readonly value: unknown }) {
  if (Array.isArray(value))
    return (
      <ul>
        {value.map((one, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: the list never changes.
          <li key={index}>
            <Value value={one} />
          </li>
        ))}
      </ul>
    );
  if (typeof value !== 'object' || value === null) return <>{String(value)}</>;
  return <code>{JSON.stringify(value)}</code>;
}
