/**
 * What needs a runtime with files: an outbox in a file, which survives the end of its process.
 *
 * @since 2.0.0
 */
export * as FileOutbox from "./services/outbox/FileOutbox.ts"
export type { FileOutboxOptions } from "./services/outbox/FileOutbox.ts"
