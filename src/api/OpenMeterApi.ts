/**
 * The full contract: every operation of the server that this SDK supports.
 *
 * @since 2.0.0
 */
import * as HttpApi from "effect/http-api/HttpApi"
import { CustomerEntitlementsApi } from "./CustomerEntitlements.ts"
import { CustomersApi } from "./Customers.ts"
import { DebugApi } from "./Debug.ts"
import { EntitlementsApi } from "./Entitlements.ts"
import { EventsApi } from "./Events.ts"
import { FeaturesApi } from "./Features.ts"
import { GrantsApi } from "./Grants.ts"
import { InfoApi } from "./Info.ts"
import { IngestApi } from "./Ingest.ts"
import { MetersApi } from "./Meters.ts"
import { PortalApi } from "./Portal.ts"
import { SubjectsApi } from "./Subjects.ts"

/**
 * The full contract: every operation of the server that this SDK supports.
 *
 * Each service uses only its own group, so that a program bundles only what it uses.
 *
 * @since 2.0.0
 * @category contract
 */
export class OpenMeterApi extends HttpApi.make("openmeter").add(
  MetersApi,
  IngestApi,
  EventsApi,
  SubjectsApi,
  CustomersApi,
  FeaturesApi,
  EntitlementsApi,
  CustomerEntitlementsApi,
  GrantsApi,
  PortalApi,
  InfoApi,
  DebugApi
) {}
