import { Link } from '@tanstack/react-router';
import { type DragEvent, useId, useState } from 'react';

/** Where a lockfile is dropped or chosen; it goes to the server, which keeps nothing of it. */
export function Choose({
  isReading,
  onFile,
}: {
  readonly isReading: boolean;
  readonly onFile: (text: string) => void;
}) {
  const id = useId();
  const [isOver, setIsOver] = useState(false);
  const take = async (file: File | undefined) => {
    if (file !== undefined) onFile(await file.text());
  };
  const onDrop = (event: DragEvent) => {
    event.preventDefault();
    setIsOver(false);
    void take(event.dataTransfer.files[0]);
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: what is dropped can be chosen by the field as well.
    <div
      className={isOver ? 'drop over-it' : 'drop'}
      onDragOver={(event) => {
        event.preventDefault();
        setIsOver(true);
      }}
      onDragLeave={() => setIsOver(false)}
      onDrop={onDrop}
    >
      <p>
        <label htmlFor={id}>Drop a Cargo.lock here, or choose one</label>{' '}
        <input
          id={id}
          type="file"
          accept=".lock,.toml,text/plain"
          disabled={isReading}
          onChange={(event) => void take(event.target.files?.[0])}
        />
      </p>
      <p className="quiet">
        It is kept nowhere. <Link to="/changes">A change</Link> and <Link to="/artefacts">an artefact</Link>{' '}
        have graphs of their own.
      </p>
    </div>
  );
}
