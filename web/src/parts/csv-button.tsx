import { csvOf } from './csv.ts';

/** Saves a table as it is shown. */
export function CsvButton({
  name,
  rows,
}: {
  readonly name: string;
  readonly rows: () => readonly (readonly string[])[];
}) {
  const save = () => {
    const url = URL.createObjectURL(new Blob([csvOf(rows())], { type: 'text/csv' }));
    const link = document.createElement('a');
    link.href = url;
    link.download = `${name}.csv`;
    link.click();
    URL.revokeObjectURL(url);
  };
  return (
    <button type="button" className="plain" onClick={save}>
      CSV
    </button>
  );
}
