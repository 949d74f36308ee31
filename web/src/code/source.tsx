import { useVirtualizer } from '@tanstack/react-virtual';
import { memo, useEffect, useMemo, useRef } from 'react';
import type { CodeJson } from '../../../src/server/code-contract.ts';
import { linesOf } from './lines.ts';
import { Visible } from './visible.tsx';

/** Pixels; the style sheet says the same. */
const lineHeight = 20;

/**
 * A file with its lines numbered, coloured as the server's lexer says, and what a line can do beside it. Only what is
 * seen is there.
 */
export function Source({
  file,
  colours,
  marks,
  line,
  asked,
}: {
  readonly file: CodeJson['files'][number];
  readonly colours: readonly string[];
  readonly marks: readonly CodeJson['capabilities'][number][];
  /** 1-based: shown first. */
  readonly line: number | undefined;
  /** Another one each time that somebody asks for the line: it comes into sight then, and the keys with it. */
  readonly asked: object | undefined;
}) {
  const box = useRef<HTMLDivElement>(null);
  const lines = useMemo(() => linesOf(file.text, file.colours), [file]);
  const byLine = useMemo(() => Map.groupBy(marks, (mark) => mark.line), [marks]);
  const virtual = useVirtualizer({
    count: lines.count,
    getScrollElement: () => box.current,
    estimateSize: () => lineHeight,
    overscan: 8,
  });
  useEffect(() => {
    if (line !== undefined) virtual.scrollToIndex(line - 1, { align: 'center' });
  }, [line, virtual]);
  useEffect(() => {
    if (asked === undefined) return;
    box.current?.scrollIntoView({ block: 'nearest' });
    box.current?.focus({ preventScroll: true });
  }, [asked]);
  if (file.binary === true) return <p className="empty">{file.path} is no text.</p>;
  return (
    <section
      className="source"
      ref={box}
      style={{ height: `min(70vh, ${virtual.getTotalSize() + 20}px)` }}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls takes the focus, so that keys can scroll it.
      tabIndex={0}
      aria-label={`Source of ${file.path}`}
    >
      <div style={{ height: virtual.getTotalSize() }}>
        {virtual.getVirtualItems().map(({ index, start }) => (
          <Line
            key={index}
            index={index}
            start={start}
            isMeant={line === index + 1}
            lines={lines}
            colours={colours}
            marks={byLine.get(index + 1) ?? none}
          />
        ))}
      </div>
    </section>
  );
}

type Marks = readonly CodeJson['capabilities'][number][];
const none: Marks = [];

/** One line of it; drawn once, however often what is around it is scrolled. */
const Line = memo(function Line({
  index,
  start,
  isMeant,
  lines,
  colours,
  marks,
}: {
  /** 0-based. */
  readonly index: number;
  /** Pixels from the top. */
  readonly start: number;
  readonly isMeant: boolean;
  readonly lines: ReturnType<typeof linesOf>;
  readonly colours: readonly string[];
  readonly marks: Marks;
}) {
  return (
    <div className={`line${isMeant ? ' meant' : ''}`} style={{ transform: `translateY(${start}px)` }}>
      <span className="line-number">{index + 1}</span>
      <span className={marks.some(({ grave }) => grave) ? 'margin grave' : 'margin'}>
        {marks.length > 0 && (
          <span
            title={marks.map(({ says, name }) => (name === undefined ? says : `${says}: ${name}`)).join('\n')}
          >
            {marks[0]?.says}
          </span>
        )}
      </span>
      <code>
        {lines.at(index).map(({ text, colour }, at) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: the line never changes.
          <span key={at} className={colour === undefined ? undefined : `c-${colours[colour]}`}>
            <Visible text={text} />
          </span>
        ))}
      </code>
    </div>
  );
});
