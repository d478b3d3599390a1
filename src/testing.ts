/**
 * Testing: an in-process OpenMeter.
 *
 * @since 2.0.0
 */
export {
  Emulator,
  type EmulatorEvent,
  type EmulatorRequest,
  type EmulatorService,
  type Snapshot
} from "./emulator/Emulator.ts"
export * as Faults from "./emulator/Faults.ts"
export { SeedError, type JsonObject, type Seed } from "./emulator/Seed.ts"
export { ServeError, type Listening, type ServedRequest, type ServeOptions } from "./emulator/serve.ts"
export { startEmulator, type RunningEmulator, type StartOptions } from "./emulator/start.ts"
export * as OpenMeterTest from "./testing/OpenMeterTest.ts"
