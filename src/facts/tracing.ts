import { AsyncLocalStorage } from 'node:async_hooks';
import { randomBytes } from 'node:crypto';

/** A piece of work with its time, under the piece that it was done for (OpenTelemetry: a span). */
export interface Span {
  /** 32 and 16 hex digits. */
  readonly traceId: string;
  readonly spanId: string;
  readonly parentId: string | undefined;
  readonly name: string;
  readonly kind: 'internal' | 'server' | 'client';
  /** Epoch nanoseconds. */
  readonly start: bigint;
  readonly end: bigint;
  readonly attributes: Attributes;
  /** Why it failed; absent: it did not. */
  readonly error?: string | undefined;
}

export type Attributes = Readonly<Record<string, string | number | boolean>>;

/** Who is told of spans that ended. */
export interface SpanSink {
  end(span: Span): void;
}

/** A span that is under way, for what is done in it. */
export interface OpenSpan {
  readonly traceId: string;
  readonly spanId: string;
  /** Says more of it. */
  set(attributes: Attributes): void;
  /** Ends it, once. */
  end(error?: string): void;
}

const current = new AsyncLocalStorage<{ readonly span: OpenSpan; readonly sink: SpanSink }>();

/**
 * Does a piece of work under the span that is under way: as a span of its own where the request is traced, and just so
 * where it is not. What it throws is thrown on. What is said of it is worked out only for a request that is traced.
 */
export async function traced<T>(
  name: string,
  attributes: () => Attributes,
  work: () => Promise<T>,
  kind: Span['kind'] = 'internal',
): Promise<T> {
  const around = current.getStore();
  if (around === undefined) return await work();
  const { traceId, spanId } = around.span;
  const span = open(around.sink, { name, kind, traceId, parentId: spanId, attributes: attributes() });
  try {
    const result = await current.run({ ...around, span }, work);
    span.end();
    return result;
  } catch (error) {
    span.end(error instanceof Error ? error.name : 'error');
    throw error;
  }
}

/** Begins a span of a request, under `parent` where its client has one. */
export function begin(
  sink: SpanSink,
  name: string,
  attributes: Attributes,
  parent?: { readonly traceId: string; readonly spanId: string },
): OpenSpan {
  const traceId = parent?.traceId ?? randomBytes(16).toString('hex');
  return open(sink, { name, kind: 'server', traceId, parentId: parent?.spanId, attributes });
}

/** Runs `work`, and all that it begins, under a span. */
export function within<T>(sink: SpanSink, span: OpenSpan, work: () => T): T {
  return current.run({ span, sink }, work);
}

function open(
  sink: SpanSink,
  said: Pick<Span, 'name' | 'kind' | 'traceId' | 'parentId' | 'attributes'>,
): OpenSpan {
  const spanId = randomBytes(8).toString('hex');
  const start = nanoseconds();
  let { attributes } = said;
  let isOpen = true;
  return {
    traceId: said.traceId,
    spanId,
    set: (more) => {
      attributes = { ...attributes, ...more };
    },
    end: (error) => {
      if (!isOpen) return;
      isOpen = false;
      sink.end({ ...said, attributes, spanId, start, end: nanoseconds(), error });
    },
  };
}

/** By the monotonic clock, so that no span ends before it began. */
function nanoseconds(): bigint {
  return BigInt(Math.round((performance.timeOrigin + performance.now()) * 1000)) * 1000n;
}
