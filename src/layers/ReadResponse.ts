/**
 * A response whose body has been read.
 *
 * @since 2.0.0
 */
import * as Effect from "effect/Effect"
import type * as Headers from "effect/http/Headers"
import { DecodeError, HttpClientError } from "effect/http/HttpClientError"
import * as HttpClientResponse from "effect/http/HttpClientResponse"
import * as HttpIncomingMessage from "effect/http/HttpIncomingMessage"
import * as Inspectable from "effect/Inspectable"
import { pipeArguments } from "effect/Pipeable"
import type * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"

const decoder = new TextDecoder()

/**
 * A response whose body has been read. It holds no socket, and can be read any number of times.
 *
 * @since 2.0.0
 * @category models
 */
export class ReadResponse extends Inspectable.Class implements HttpClientResponse.HttpClientResponse {
  readonly [HttpIncomingMessage.TypeId]: typeof HttpIncomingMessage.TypeId = HttpIncomingMessage.TypeId
  readonly [HttpClientResponse.TypeId]: typeof HttpClientResponse.TypeId = HttpClientResponse.TypeId
  readonly arrayBuffer: Effect.Effect<ArrayBuffer, HttpClientError>
  readonly #response: HttpClientResponse.HttpClientResponse
  #headers: Headers.Headers | undefined
  #text: Effect.Effect<string, HttpClientError> | undefined

  /** Creates a response from its head and the result of reading its body. */
  constructor(
    response: HttpClientResponse.HttpClientResponse,
    arrayBuffer: Effect.Effect<ArrayBuffer, HttpClientError>
  ) {
    super()
    this.#response = response
    this.arrayBuffer = arrayBuffer
  }

  get request() {
    return this.#response.request
  }
  get url() {
    return this.#response.url
  }
  get status() {
    return this.#response.status
  }
  get headers() {
    return (this.#headers ??= this.#response.headers)
  }
  get cookies() {
    return this.#response.cookies
  }
  get remoteAddress() {
    return this.#response.remoteAddress
  }
  get text() {
    return (this.#text ??= Effect.map(this.arrayBuffer, (buffer) => decoder.decode(buffer)))
  }
  get json(): Effect.Effect<Schema.Json, HttpClientError> {
    return Effect.flatMap(this.text, (text) =>
      Effect.try({
        try: (): Schema.Json => (text === "" ? null : JSON.parse(text)),
        catch: (cause) =>
          new HttpClientError({ reason: new DecodeError({ request: this.request, response: this, cause }) })
      })
    )
  }
  get stream() {
    return Stream.fromEffect(Effect.map(this.arrayBuffer, (buffer) => new Uint8Array(buffer)))
  }
  get urlParamsBody() {
    return this.#response.urlParamsBody
  }
  get formData() {
    return this.#response.formData
  }
  get upgrade() {
    return this.#response.upgrade
  }
  toJSON() {
    return this.#response.toJSON()
  }
  pipe() {
    return pipeArguments(this, arguments)
  }
}
