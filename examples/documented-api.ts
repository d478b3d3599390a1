/**
 * Every documented call, in order, each with its result: `node examples/documented-api.ts` after `npm run build`.
 *
 * It runs against its own emulator, or against the server at OPENMETER_BASE_URL (with OPENMETER_API_KEY, if the server
 * requires one). Every run uses new names, and deletes what it created at the end.
 */
import { NotImplementedError, OpenMeter, WindowSize, type Event } from "@openmeter/sdk"
import { startEmulator } from "@openmeter/sdk/testing"
import type { Terminal } from "./support/terminal.ts"

const minute = 60 * 1000
const hour = 60 * minute
const day = 24 * hour

const documentedApi = async (openmeter: OpenMeter, terminal: Terminal): Promise<void> => {
  const print = (name: string, outcome: string) => terminal.write(`${name.padEnd(56)}  ${outcome}\n`)

  /** Prints the result of a call. */
  const call = async <A>(
    name: string,
    answer: PromiseLike<A>,
    say: (answer: A) => string = () => "done"
  ): Promise<A> => {
    const value = await answer
    print(name, say(value))
    return value
  }

  /** Prints the result of a call that not every server implements. */
  const optional = async <A>(name: string, answer: PromiseLike<A>, say?: (answer: A) => string): Promise<void> => {
    try {
      await call(name, answer, say)
    } catch (error) {
      if (!(error instanceof NotImplementedError)) throw error
      print(name, "NotImplementedError")
    }
  }

  const run = Date.now().toString(36)
  const customer = `customer_${run}`
  const slug = `tokens_${run}`
  const eventType = `prompt_${run}`
  const feature = `ai_tokens_${run}`
  const now = Date.now()

  // The prerequisites: a meter, features, and a customer that owns the subject.
  await openmeter.meters.create({
    slug,
    eventType,
    aggregation: "SUM",
    valueProperty: "$.tokens",
    groupBy: { method: "$.method", path: "$.path" }
  })
  await openmeter.features.create({ key: feature, name: "AI tokens", meterSlug: slug })
  await openmeter.features.create({ key: `sso_${run}`, name: "Single sign-on" })
  await openmeter.customers.create({ key: customer, name: "ACME", usageAttribution: { subjectKeys: [customer] } })

  const event = (tokens: number): Event => ({
    type: eventType,
    subject: customer,
    time: new Date(now - hour),
    data: { tokens, method: "GET", path: "/" }
  })

  // Sends one event. Missing attributes get a default: id, source, specversion, time.
  await call("events.ingest(event)", openmeter.events.ingest(event(10)), ([sent]) => `sent as ${sent?.specversion}`)

  // Sends several events as one batch.
  const batch = [event(20), event(30), event(40)]
  await call("events.ingest([…])", openmeter.events.ingest(batch), (sent) => `sent ${sent.length}`)

  // Sends nothing.
  await call("events.ingest([])", openmeter.events.ingest([]), (sent) => `sent ${sent.length}`)

  // Lists the latest events, newest first.
  const events = openmeter.events.list({ subject: customer, limit: 10 })
  await call("events.list(query)", events, (events) => `${events.length} events`)

  // Lists all meters.
  await call(
    "meters.list()",
    openmeter.meters.list(),
    (meters) => `${meters.filter((m) => m.slug === slug).length} of ours`
  )

  // Fetches a meter by slug or id.
  await call("meters.get(slug)", openmeter.meters.get(slug), (meter) => meter.aggregation)

  // Aggregates usage by hour, subject and group.
  const usage = openmeter.meters.query(slug, {
    subject: [customer],
    groupBy: ["method", "path"],
    from: new Date(now - day),
    to: new Date(now),
    windowSize: WindowSize.HOUR
  })
  await call("meters.query(slug, params)", usage, ({ data }) => data.map((row) => `${row.value} tokens`).join(", "))

  // Lists the subjects that have events of the meter.
  await call("meters.subjects(slug)", openmeter.meters.subjects(slug), (subjects) => `${subjects.length} subject`)

  // Creates a meter.
  const calls = { slug: `calls_${run}`, eventType, aggregation: "COUNT" } as const
  await call("meters.create(meter)", openmeter.meters.create(calls), (meter) => meter.aggregation)

  // Replaces the name, groups and metadata of a meter.
  await call(
    "meters.update(slug, meter)",
    openmeter.meters.update(calls.slug, { name: "Calls" }),
    ({ name }) => `${name}`
  )

  // Deletes a meter.
  await call("meters.delete(slug)", openmeter.meters.delete(calls.slug))

  // Creates a token that lets a browser read the usage of one subject.
  const token = openmeter.portal.createToken({ subject: customer, allowedMeterSlugs: [slug] })
  await optional("portal.createToken(token)", token, ({ token }) => (token === undefined ? "no token" : "a token"))

  // Invalidates tokens.
  await optional("portal.invalidateTokens(which)", openmeter.portal.invalidateTokens({ subject: customer }))

  // Creates or updates subjects: several, or a single one.
  const subject = `subject_${run}`
  const upserted = openmeter.subjects.upsert([{ key: subject, displayName: "ACME" }])
  await call("subjects.upsert([…])", upserted, ([subject]) => `${subject?.displayName}`)
  await call(
    "subjects.upsert(subject)",
    openmeter.subjects.upsert({ key: subject }),
    ([subject]) => `${subject?.displayName}`
  )

  // Lists all subjects.
  const ours = (keys: ReadonlyArray<{ readonly key: string }>) => keys.filter(({ key }) => key.endsWith(run)).length
  await call("subjects.list()", openmeter.subjects.list(), (subjects) => `${ours(subjects)} of ours`)

  // Fetches a subject by key or id.
  await call("subjects.get(key)", openmeter.subjects.get(subject), ({ displayName }) => `${displayName}`)

  // Deletes a subject.
  await call("subjects.delete(key)", openmeter.subjects.delete(subject))

  // Gives a subject an entitlement: metered, boolean or static.
  const metered = openmeter.subjects.createEntitlement(customer, {
    type: "metered",
    featureKey: feature,
    usagePeriod: { interval: "MONTH", anchor: new Date(now - day) },
    measureUsageFrom: "CURRENT_PERIOD_START",
    issueAfterReset: 1000
  })
  await call("subjects.createEntitlement(subject, metered)", metered, ({ type }) => type)
  const flag = openmeter.subjects.createEntitlement(customer, { type: "boolean", featureKey: `sso_${run}` })
  await call("subjects.createEntitlement(subject, boolean)", flag, ({ type }) => type)

  // Lists the entitlements of a subject.
  const entitlements = await call(
    "subjects.listEntitlements(subject)",
    openmeter.subjects.listEntitlements(customer),
    (entitlements) => `${entitlements.length} entitlements`
  )

  // Fetches an entitlement by feature key or id.
  const byKey = openmeter.subjects.getEntitlement(customer, feature)
  await call("subjects.getEntitlement(subject, featureKey)", byKey, ({ type }) => type)
  const { id } = entitlements.find((entitlement) => entitlement.type === "metered")!
  const byId = openmeter.subjects.getEntitlement(customer, id)
  await call("subjects.getEntitlement(subject, id)", byId, ({ type }) => type)

  // Deletes an entitlement.
  const deleted = openmeter.subjects.deleteEntitlement(customer, `sso_${run}`)
  await call("subjects.deleteEntitlement(subject, featureKey)", deleted)

  // Queries what the entitlement allows.
  const value = openmeter.subjects.getEntitlementValue(customer, feature)
  await call("subjects.getEntitlementValue(subject, featureKey)", value, ({ balance }) => `${balance} left`)

  // Queries the history of the balance: day by day, and grant by grant.
  const history = openmeter.subjects.getEntitlementHistory(customer, feature)
  await call(
    "subjects.getEntitlementHistory(subject, featureKey)",
    history,
    ({ burndownHistory }) => `${burndownHistory.reduce((sum, { usage }) => sum + usage, 0)} used`
  )

  // Starts a new usage period, for the named entitlement or the subject's only metered one.
  const then = new Date(now - 10 * minute)
  const resetThen = openmeter.subjects.resetEntitlementUsage(customer, feature, { effectiveAt: then })
  await call("subjects.resetEntitlementUsage(subject, featureKey, …)", resetThen)
  const resetNow = openmeter.subjects.resetEntitlementUsage(customer, { retainAnchor: true })
  await call("subjects.resetEntitlementUsage(subject, …)", resetNow)

  // Adds a grant.
  const grant = openmeter.subjects.createEntitlementGrant(customer, feature, {
    amount: 100,
    priority: 1,
    effectiveAt: new Date(),
    expiration: { duration: "HOUR", count: 12 },
    minRolloverAmount: 100,
    maxRolloverAmount: 100,
    recurrence: { interval: "MONTH", anchor: new Date(now - day) }
  })
  await call("subjects.createEntitlementGrant(subject, featureKey, …)", grant, ({ amount }) => `${amount} granted`)

  // Lists the grants of the entitlement.
  const granted = openmeter.subjects.listEntitlementGrants(customer, feature)
  await call("subjects.listEntitlementGrants(subject, featureKey)", granted, (grants) => `${grants.length} grants`)

  // Replaces the entitlement with a new one.
  const override = openmeter.subjects.overrideEntitlement(customer, feature, {
    type: "metered",
    featureKey: feature,
    usagePeriod: { interval: "MONTH" },
    issueAfterReset: 5000
  })
  await call("subjects.overrideEntitlement(subject, featureKey, …)", override, ({ type }) => type)

  // Creates a feature.
  const images = { key: `images_${run}`, name: "Images" }
  await call("features.create(feature)", openmeter.features.create(images), ({ name }) => name)

  // Lists features: an array, or a page if the query asks for one.
  const features = openmeter.features.list({ meterSlug: [slug] })
  await call("features.list(query)", features, (features) => `${features.length} feature`)
  const page = openmeter.features.list({ meterSlug: [slug], page: 1, pageSize: 10 })
  await call("features.list({ page })", page, ({ totalCount }) => `${totalCount} feature in all`)

  // Fetches a feature by key or id.
  await call("features.get(key)", openmeter.features.get(images.key), ({ name }) => name)

  // Archives a feature.
  await call("features.delete(key)", openmeter.features.delete(images.key))

  // Lists the grants of all or some subjects.
  const grants = openmeter.grants.list({ subject: [customer] })
  await call("grants.list(query)", grants, (grants) => `${grants.length} grants`)

  // Voids a grant.
  const [grantNow] = await openmeter.subjects.listEntitlementGrants(customer, feature)
  await call("grants.delete(id)", openmeter.grants.delete(grantNow!.id))

  // Lists the entitlements of all or some subjects.
  const active = openmeter.entitlements.list({ subject: [customer], excludeInactive: true })
  await call("entitlements.list(query)", active, (entitlements) => `${entitlements.length} entitlement`)

  // Fetches an entitlement by id.
  await call("entitlements.get(id)", openmeter.entitlements.get(grantNow!.entitlementId), ({ type }) => type)

  await openmeter.subjects.deleteEntitlement(customer, feature)
  await openmeter.customers.delete(customer)
  await openmeter.subjects.delete(customer)
  await openmeter.features.delete(feature)
  await openmeter.features.delete(`sso_${run}`)
  await openmeter.meters.delete(slug)
}

/** Runs every documented call, against a server or an emulator. */
export const main = async (
  terminal: Terminal,
  server?: { readonly baseUrl: string; readonly token?: string | undefined }
): Promise<void> => {
  await using emulator = server === undefined ? await startEmulator() : undefined
  await using openmeter = new OpenMeter(server ?? { baseUrl: emulator!.url })
  await documentedApi(openmeter, terminal)
}

if (import.meta.main) {
  const { OPENMETER_API_KEY: token, OPENMETER_BASE_URL: baseUrl } = process.env
  await main(process.stdout, baseUrl === undefined ? undefined : { baseUrl, token })
}
