import * as Effect from "effect/Effect"

export const program = Effect.succeed("ok")
