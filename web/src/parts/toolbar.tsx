import { CsvButton } from './csv-button.tsx';

/** Above a table: how much of it is read, what reads on, and what saves it. */
export function Toolbar({
  says,
  name,
  rows,
  pages,
}: {
  readonly says: string;
  /** Of the file that it is saved as. */
  readonly name: string;
  readonly rows: () => readonly (readonly string[])[];
  readonly pages?: {
    readonly hasNextPage: boolean;
    readonly isFetchingNextPage: boolean;
    readonly fetchNextPage: () => Promise<unknown>;
  };
}) {
  return (
    <div className="toolbar">
      <span role="status">{says}</span>
      {pages?.hasNextPage === true && (
        <button type="button" disabled={pages.isFetchingNextPage} onClick={() => void pages.fetchNextPage()}>
          Read on
        </button>
      )}
      <CsvButton name={name} rows={rows} />
    </div>
  );
}
