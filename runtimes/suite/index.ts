import { abort } from "./abort.ts"
import { buffer } from "./buffer.ts"
import { calls } from "./calls.ts"
import { close } from "./close.ts"
import { effects } from "./effects.ts"
import { emulator } from "./emulator.ts"
import { errors } from "./errors.ts"
import { fetch } from "./fetch.ts"
import { paging } from "./paging.ts"
import { portal } from "./portal.ts"
import { timeouts } from "./timeouts.ts"

/** The parts that every runtime has to pass, in the order in which they run. */
export const parts = { calls, paging, abort, timeouts, errors, fetch, close, effects, buffer, portal, emulator }
