import type { Span, SpanSink } from '../../facts/tracing.ts';
import type { TraceSettings } from './settings.ts';

/** Spans that are sent at once, that wait at most, and milliseconds until those that wait are sent. */
const batch = 512;
const most = 4096;
const pause = 2_000;

const kinds = { internal: 1, server: 2, client: 3 } as const;

/**
 * Sends spans to a collector as OTLP over HTTP, in JSON (OTLP 1.x, `ExportTraceServiceRequest`). A collector that is
 * away holds nothing up: what does not fit is dropped, and `onTrouble` is told when that begins.
 */
export class SpanExporter implements SpanSink {
  readonly #settings: TraceSettings;
  readonly #onTrouble: (message: string) => void;
  #waiting: Span[] = [];
  #timer: NodeJS.Timeout | undefined;
  #sending: Promise<void> = Promise.resolve();
  #failing = false;

  constructor(settings: TraceSettings, onTrouble: (message: string) => void) {
    this.#settings = settings;
    this.#onTrouble = onTrouble;
  }

  end(span: Span): void {
    if (this.#waiting.length >= most) return;
    this.#waiting.push(span);
    if (this.#waiting.length >= batch) return void this.flush();
    this.#timer ??= setTimeout(() => void this.flush(), pause).unref();
  }

  /** Sends what waits; resolves once it is sent, or could not be. */
  flush(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#sending = this.#sending.then(async () => {
      while (this.#waiting.length > 0) await this.#send(this.#waiting.splice(0, batch));
    });
    return this.#sending;
  }

  async #send(spans: readonly Span[]): Promise<void> {
    const { url, headers, timeout, resource } = this.#settings;
    try {
      const { request } = await import('undici');
      const signal = AbortSignal.timeout(timeout);
      const answer = await request(url, {
        method: 'POST',
        headers: { ...headers, 'content-type': 'application/json' },
        body: JSON.stringify(exportRequest(spans, resource)),
        signal,
      });
      await answer.body.dump({ limit: 64 * 1024, signal });
      if (answer.statusCode >= 300) throw new Error(`it answered with status ${answer.statusCode}`);
      this.#failing = false;
    } catch (error) {
      if (!this.#failing)
        this.#onTrouble(
          `spans are lost: the collector at ${new URL(url).host} takes none (${(error as Error).message})`,
        );
      this.#failing = true;
    }
  }
}

/** `ExportTraceServiceRequest` in OTLP's JSON: ids in hex, 64-bit numbers as text, enumerations as numbers. */
function exportRequest(spans: readonly Span[], resource: TraceSettings['resource']): object {
  return {
    resourceSpans: [
      {
        resource: { attributes: attributesOf(resource) },
        scopeSpans: [{ scope: { name: 'safeguard' }, spans: spans.map(spanJson) }],
      },
    ],
  };
}

function spanJson({ traceId, spanId, parentId, name, kind, start, end, attributes, error }: Span): object {
  return {
    traceId,
    spanId,
    ...(parentId === undefined ? {} : { parentSpanId: parentId }),
    name,
    kind: kinds[kind],
    startTimeUnixNano: String(start),
    endTimeUnixNano: String(end),
    attributes: attributesOf(attributes),
    status: error === undefined ? {} : { code: 2, message: error },
  };
}

function attributesOf(attributes: Span['attributes']): readonly object[] {
  return Object.entries(attributes).map(([key, value]) => ({ key, value: anyValue(value) }));
}

function anyValue(value: string | number | boolean): object {
  if (typeof value === 'string') return { stringValue: value };
  if (typeof value === 'boolean') return { boolValue: value };
  return Number.isInteger(value) ? { intValue: String(value) } : { doubleValue: value };
}
