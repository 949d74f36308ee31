import { pieces } from './hidden.ts';

/** Text of somebody else's source, in which nothing hides. */
export function Visible({ text }: { readonly text: string }) {
  return pieces(text).map((piece, index) =>
    'sign' in piece ? (
      // biome-ignore lint/suspicious/noArrayIndexKey: the text never changes.
      <mark key={index} className="sign" title="a sign that does not show, or turns the text around">
        {piece.sign}
      </mark>
    ) : (
      piece.text
    ),
  );
}
