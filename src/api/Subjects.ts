/**
 * Endpoints of subjects.
 *
 * @since 2.0.0
 */
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as HttpApiSchema from "effect/http-api/HttpApiSchema"
import * as Schema from "effect/Schema"
import { PathParam } from "../schemas/Identifier.ts"
import { Subject, SubjectUpsert } from "../schemas/Subject.ts"
import { nullableArray } from "../schemas/Tolerant.ts"
import { Idempotency } from "./Idempotency.ts"
import { problems } from "./Problem.ts"

const subject = { subjectIdOrKey: PathParam }

/**
 * Operations on subjects.
 *
 * @since 2.0.0
 * @category contract
 */
export class SubjectsApi extends HttpApiGroup.make("subjects").add(
  HttpApiEndpoint.get("listSubjects", "/api/v1/subjects", {
    success: nullableArray(Subject),
    error: problems()
  }).annotate(Idempotency, "idempotent"),
  HttpApiEndpoint.post("upsertSubject", "/api/v1/subjects", {
    payload: Schema.Array(SubjectUpsert),
    success: nullableArray(Subject),
    error: problems(409)
  }).annotate(Idempotency, "idempotent"),
  HttpApiEndpoint.get("getSubject", "/api/v1/subjects/:subjectIdOrKey", {
    params: subject,
    success: Subject,
    error: problems(404)
  }).annotate(Idempotency, "idempotent"),
  HttpApiEndpoint.delete("deleteSubject", "/api/v1/subjects/:subjectIdOrKey", {
    params: subject,
    success: HttpApiSchema.NoContent,
    error: problems(404)
  }).annotate(Idempotency, "idempotent")
) {}
