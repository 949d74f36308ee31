import { csvOf } from './csv.ts';
import { saveAs } from './save.ts';

/** Saves a table as it is shown. */
export function CsvButton({
  name,
  rows,
}: {
  readonly name: string;
  readonly rows: () => readonly (readonly string[])[];
}) {
  return (
    <button type="button" className="plain" onClick={() => saveAs(`${name}.csv`, 'text/csv', csvOf(rows()))}>
      CSV
    </button>
  );
}
