/**
 * Features that require a file system: an outbox in a file, which survives the process.
 *
 * @since 2.0.0
 */
export * as FileOutbox from "./services/outbox/FileOutbox.ts"
export type { FileOutboxOptions } from "./services/outbox/FileOutbox.ts"
