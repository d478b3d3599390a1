/**
 * What programs test against: an OpenMeter in process.
 *
 * @since 2.0.0
 */
export { Emulator } from "./emulator/Emulator.ts"
