/**
 * Records by id, with an index of the keys that live records hold. Plain data, like the whole state.
 */

/** A table of records. */
export interface Table<Row> {
  /** Every record, deleted ones too, by id and in the order of creation. */
  readonly rows: Map<string, Row>
  /** The id of the record that holds a key now. */
  readonly holders: Map<string, string>
  /** The key that a record holds now, by the record's id. */
  readonly held: Map<string, string>
}

/** A table without records. */
export const make = <Row>(): Table<Row> => ({ rows: new Map(), holders: new Map(), held: new Map() })

/** Stores a record in place of the former one of its id. It holds `key` from now on, or no key when there is none. */
export const put = <Row extends { readonly id: string }>(table: Table<Row>, row: Row, key: string | undefined): Row => {
  const former = table.held.get(row.id)
  if (former !== undefined && former !== key) {
    table.holders.delete(former)
    table.held.delete(row.id)
  }
  if (key !== undefined) {
    table.holders.set(key, row.id)
    table.held.set(row.id, key)
  }
  table.rows.set(row.id, row)
  return row
}

/** The record that holds a key now. */
export const byKey = <Row>(table: Table<Row>, key: string): Row | undefined => {
  const id = table.holders.get(key)
  return id === undefined ? undefined : table.rows.get(id)
}

/** The record of an id, deleted or not, or else the one that holds a key now. */
export const byIdOrKey = <Row>(table: Table<Row>, idOrKey: string): Row | undefined =>
  table.rows.get(idOrKey) ?? byKey(table, idOrKey)
