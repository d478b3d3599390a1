import { OpenMeter, type OpenMeterConfig } from "@openmeter/sdk"

/** Uses a client and closes it. (Not `await using`, which Node 22 cannot read.) */
export const connected = async (
  config: OpenMeterConfig,
  use: (openmeter: OpenMeter) => Promise<void>
): Promise<void> => {
  const openmeter = new OpenMeter(config)
  try {
    await use(openmeter)
  } finally {
    await openmeter.close()
  }
}
