/**
 * An OpenTelemetry collector that keeps what it is sent.
 */
import * as Effect from "effect/Effect"
import { respond, serve } from "./server.ts"

type Value = { readonly stringValue?: string; readonly intValue?: number | string; readonly doubleValue?: number }
type Attributes = ReadonlyArray<{ readonly key: string; readonly value: Value }>

/** A span as it was exported. */
export interface Span {
  readonly name: string
  readonly traceId: string
  readonly spanId: string
  readonly parentSpanId?: string
  readonly attributes: Readonly<Record<string, string | number | undefined>>
}

interface Exported {
  readonly resourceSpans?: ReadonlyArray<{
    readonly scopeSpans: ReadonlyArray<{
      readonly spans: ReadonlyArray<Omit<Span, "attributes"> & { readonly attributes: Attributes }>
    }>
  }>
  readonly resourceMetrics?: ReadonlyArray<{
    readonly scopeMetrics: ReadonlyArray<{
      readonly metrics: ReadonlyArray<{ readonly name: string; readonly unit: string }>
    }>
  }>
  readonly resourceLogs?: ReadonlyArray<{
    readonly scopeLogs: ReadonlyArray<{ readonly logRecords: ReadonlyArray<{ readonly body: Value }> }>
  }>
}

const record = (attributes: Attributes) =>
  Object.fromEntries(
    attributes.map(({ key, value }) => [key, value.stringValue ?? value.doubleValue ?? Number(value.intValue)])
  )

/** Runs a collector until the scope closes. */
export const collector = Effect.map(
  serve((response) => respond(response, 200, {})),
  ({ received, url }) => {
    const exported = (): ReadonlyArray<Exported> => received.map(({ body }) => JSON.parse(body))
    return {
      url,
      /** Everything, as it came. */
      bodies: (): ReadonlyArray<string> => received.map(({ body }) => body),
      spans: (): ReadonlyArray<Span> =>
        exported()
          .flatMap(({ resourceSpans = [] }) => resourceSpans)
          .flatMap(({ scopeSpans }) => scopeSpans)
          .flatMap(({ spans }) => spans)
          .map(({ attributes, ...span }) => Object.assign(span, { attributes: record(attributes) })),
      /** The names of the metrics, with their units. */
      metrics: (): ReadonlyMap<string, string> =>
        new Map(
          exported()
            .flatMap(({ resourceMetrics = [] }) => resourceMetrics)
            .flatMap(({ scopeMetrics }) => scopeMetrics)
            .flatMap(({ metrics }) => metrics)
            .map(({ name, unit }) => [name, unit])
        ),
      logs: (): ReadonlyArray<string | undefined> =>
        exported()
          .flatMap(({ resourceLogs = [] }) => resourceLogs)
          .flatMap(({ scopeLogs }) => scopeLogs)
          .flatMap(({ logRecords }) => logRecords)
          .map(({ body }) => body.stringValue)
    }
  }
)
