/**
 * Subjects: upsert, list, get, delete.
 */
import { empty, json } from "../http/Handler.ts"
import { jsonBody, operation } from "../http/operation.ts"
import type { Handlers } from "../http/router.ts"
import * as Wire from "../http/Wire.ts"
import { formatInstant, formatOptional } from "../instant.ts"
import { badRequest, validationError } from "../Refusal.ts"
import type { StoredSubject } from "../store/records.ts"
import * as Subject from "../store/Subject.ts"
import * as Table from "../store/Table.ts"

const SubjectUpsert = Wire.struct({
  key: Wire.string(),
  displayName: Wire.optional(Wire.nullable(Wire.string())),
  metadata: Wire.optional(Wire.nullable(Wire.record(Wire.unknown))),
  currentPeriodStart: Wire.optional(Wire.dateTime),
  currentPeriodEnd: Wire.optional(Wire.dateTime),
  stripeCustomerId: Wire.optional(Wire.nullable(Wire.string()))
})

const encode = (subject: StoredSubject) => ({
  id: subject.id,
  key: subject.key,
  displayName: subject.displayName,
  metadata: subject.metadata,
  stripeCustomerId: subject.stripeCustomerId,
  createdAt: formatInstant(subject.createdAt),
  updatedAt: formatInstant(subject.updatedAt),
  deletedAt: formatOptional(subject.deletedAt)
})

const upsertSubject = operation({ body: jsonBody(Wire.array(SubjectUpsert)) }, ({ state, now, body }) => {
  if (body.some((entry) => entry.stripeCustomerId != null && !entry.stripeCustomerId.startsWith("cus_"))) {
    throw badRequest("stripeCustomerId must start with cus_ when set")
  }
  // Which keys are new is determined before the first entry is stored: a new key sent twice is a conflict.
  const known = body.map((entry) => Table.byKey(state.subjects, entry.key))
  const stored = body.map((entry, i) => {
    if (entry.key === "") throw validationError("key is required")
    const existing = known[i]
    // Absent keeps, null clears.
    const fields = {
      displayName: entry.displayName === undefined ? existing?.displayName : (entry.displayName ?? undefined),
      metadata: entry.metadata === undefined ? (existing?.metadata ?? {}) : (entry.metadata ?? {}),
      stripeCustomerId:
        entry.stripeCustomerId === undefined ? existing?.stripeCustomerId : (entry.stripeCustomerId ?? undefined)
    }
    return existing === undefined
      ? Subject.create(state, now, entry.key, fields)
      : Subject.update(state, now, Subject.get(state, existing.id), fields)
  })
  return json(200, stored.length === 0 ? null : stored.map(encode))
})

const listSubjects = operation({}, ({ state }) =>
  json(200, [...state.subjects.rows.values()].filter((subject) => subject.deletedAt === undefined).map(encode))
)

const path = { subjectIdOrKey: Wire.string() }

const getSubject = operation({ path }, ({ state, path }) => json(200, encode(Subject.get(state, path.subjectIdOrKey))))

const deleteSubject = operation({ path }, ({ state, now, path }) => {
  Subject.remove(state, now, Subject.get(state, path.subjectIdOrKey))
  return empty(204)
})

/** The handlers of subjects. */
export const subjects = { upsertSubject, listSubjects, getSubject, deleteSubject } satisfies Handlers
