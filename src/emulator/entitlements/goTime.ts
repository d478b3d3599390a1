/**
 * Instants as the server writes them in its messages.
 */
import { formatInstant } from "../instant.ts"

/** An instant in the default format of Go: `2025-01-06 00:00:00 +0000 UTC`. */
export const goTime = (instant: number): string => formatInstant(instant).replace("T", " ").replace("Z", " +0000 UTC")
