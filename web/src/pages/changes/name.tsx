/** What a change is called; an address leads there. */
export function ChangeName({ name }: { readonly name: string }) {
  if (!/^https?:\/\/\S+$/i.test(name)) return <>{name}</>;
  return (
    <a href={name} rel="noreferrer" className="breaks">
      {name.replace(/^https?:\/\//i, '')}
    </a>
  );
}
