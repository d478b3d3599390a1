/**
 * Where the contract differs from the server's API document on purpose.
 *
 * Recordings of the server go before its document.
 */
import type { Accepted } from "./conformance/accept.ts"

/** The differences that are wanted, by reason. */
export const accepted: ReadonlyArray<Accepted> = [
  {
    reason: "the server answers 200",
    differences: ["createMeter answer 200: not in the document", "createMeter answer 201: not in the contract"]
  },
  {
    reason: "the server answers it, though the document does not name it",
    differences: ["getCustomerAccess answer 200 application/json .entitlements{}.grantBalances*: not in the document"]
  },
  {
    reason: "the server answers it, though only `default` of the document covers it",
    differences: [
      "createMeter answer 409: not in the document",
      "updateMeter answer 404: not in the document",
      "updateMeter answer 409: not in the document",
      "deleteMeter answer 404: not in the document",
      "deleteMeter answer 409: not in the document",
      "listMeterSubjects answer 404: not in the document",
      "listMeterGroupByValues answer 404: not in the document",
      "upsertSubject answer 409: not in the document",
      "deleteSubject answer 404: not in the document",
      "createCustomer answer 409: not in the document",
      "updateCustomer answer 409: not in the document",
      "deleteCustomer answer 409: not in the document",
      "createFeature answer 404: not in the document",
      "createFeature answer 409: not in the document",
      "createEntitlement answer 404: not in the document",
      "listSubjectEntitlements answer 404: not in the document",
      "createGrant answer 404: not in the document",
      "listEntitlementGrants answer 404: not in the document",
      "createCustomerEntitlementV2 answer 404: not in the document",
      "listCustomerEntitlementsV2 answer 404: not in the document",
      "createCustomerEntitlementGrantV2 answer 404: not in the document",
      "listCustomerEntitlementGrantsV2 answer 404: not in the document",
      "listGrantsV2 answer 404: not in the document",
      "createPortalToken answer 404: not in the document",
      "createPortalToken answer 501: not in the document",
      "listPortalTokens answer 501: not in the document",
      "invalidatePortalTokens answer 501: not in the document"
    ]
  },
  {
    reason: "proxies before the server answer it, and a batch can be split then",
    differences: ["ingestEvents answer 413: not in the document"]
  },
  {
    reason: "the server checks it and does nothing with it",
    differences: [
      "listMeters query page: not in the contract",
      "listMeters query pageSize: not in the contract",
      "listMeters query order: not in the contract",
      "listMeters query orderBy: not in the contract",
      "getCustomerEntitlementValue query time: not in the contract"
    ]
  },
  {
    reason: "the server refuses it",
    differences: ['listFeatures query orderBy: lacks the values "id"']
  },
  {
    reason: "the server takes no other, though the document names none",
    differences: [
      "createFeature request application/json .unitCost<llm>.tokenType: has the values *",
      "* .specversion: has the values *, which the document lacks",
      "* [].specversion: has the values *, which the document lacks"
    ]
  },
  {
    reason: "the values that the server takes are offered where it answers them",
    differences: ["* answer * .unitCost<llm>.tokenType: has *", "* answer * *.unitCost<llm>.tokenType: has *"]
  },
  {
    reason: "an answer may hold any content type: what is stored is read as it is",
    differences: ["* .items[].event.datacontenttype: lacks *", "* [].event.datacontenttype: lacks *"]
  },
  {
    reason: "one event and a list of them have a media type each",
    differences: ["ingestEvents request application/json: not in the contract"]
  },
  {
    reason: "the SDK gives every event a time, so that an event sent again has the time of the first",
    differences: ["ingestEvents request *.time: *"]
  },
  {
    reason: "a filter without a value is left out instead of null",
    differences: ["* *.$*: never null, but may be null in the document"]
  },
  {
    reason: "the server leaves it out where it is false",
    differences: ["* .hasAccess: optional, but required in the document", "* .entitlements{}.hasAccess: optional, *"]
  },
  {
    reason: "null and left out are the same in an answer",
    differences: ["* .data[].subject: optional, but required in the document"]
  },
  {
    reason: "members of a subscription that the SDK does not name are kept as they came",
    differences: ["* *.subscriptions[].*: not in the contract"]
  },
  {
    reason: "the server takes it, though the document calls it read-only",
    differences: ["createPortalToken request application/json .expiresAt: not in the document"]
  }
]
