import { When } from '../../parts/when.tsx';

/** Who said so, and when. */
export function Signed({ by, at }: { readonly by: string; readonly at: string }) {
  return (
    <>
      {by}
      <div className="quiet">
        <When at={at} exact />
      </div>
    </>
  );
}
