/**
 * Who owns which field of an object: the rules of server-side apply (seen at a 1.20.2 API server). A secret is a flat
 * map of fields here: `data.A`, `metadata.labels.app`, `type`, `immutable`.
 */

/** Values by field, in the text of the API: base64 for data. */
export type Fields = ReadonlyMap<string, string>

export interface Manager {
  manager: string
  operation: 'Apply' | 'Update'
  time: string
  fields: ReadonlySet<string>
}

export interface Owned {
  fields: Fields
  managers: readonly Manager[]
}

export interface Conflict {
  manager: string
  field: string
}

const NOTHING: Owned = { fields: new Map(), managers: [] }

/**
 * What an apply makes of `before`: fields that `manager` applied earlier and leaves out now are removed, unless another
 * manager owns them too. Answers the conflicts where it is not forced.
 */
export function apply(
  before: Owned | null,
  manager: string,
  applied: Fields,
  { force }: { force: boolean },
): Owned | { conflicts: Conflict[] } {
  const { fields, managers } = before ?? NOTHING
  const isOwn = (one: Manager): boolean => one.manager === manager && one.operation === 'Apply'
  const own = managers.find(isOwn)
  const others = managers.filter((one) => !isOwn(one))
  const differs = (field: string): boolean => fields.get(field) !== applied.get(field)
  const conflicts = [...applied.keys()]
    .filter(differs)
    .flatMap((field) => others.filter((one) => one.fields.has(field)).map((one) => ({ manager: one.manager, field })))
  if (conflicts.length > 0 && !force) return { conflicts }
  const taken = new Set(conflicts.map(({ field }) => field))
  const kept = others.map((one) => without(one, taken))
  const after = new Map(fields)
  for (const field of own?.fields ?? []) {
    if (!applied.has(field) && !kept.some((one) => one.fields.has(field))) after.delete(field)
  }
  for (const [field, value] of applied) after.set(field, value)
  return owned(after, [...kept, entry(manager, 'Apply', new Set(applied.keys()), own)])
}

/** What a write of the whole object makes of `before`: changed fields become those of `manager` alone. */
export function update(before: Owned | null, manager: string, after: Fields): Owned {
  const { fields, managers } = before ?? NOTHING
  const changed = new Set([...after.keys()].filter((field) => fields.get(field) !== after.get(field)))
  const gone = new Set([...fields.keys()].filter((field) => !after.has(field)))
  const isOwn = (one: Manager): boolean => one.manager === manager && one.operation === 'Update'
  const own = managers.find(isOwn)
  const others = managers.filter((one) => !isOwn(one)).map((one) => without(one, new Set([...changed, ...gone])))
  const mine = new Set([...(own?.fields ?? []), ...changed].filter((field) => !gone.has(field)))
  return owned(after, [...others, entry(manager, 'Update', mine, own)])
}

/** `managedFields` as the API shows it. */
export const shownManagers = (managers: readonly Manager[]): Record<string, unknown>[] =>
  managers.map(({ manager, operation, time, fields }) => ({
    manager,
    operation,
    apiVersion: 'v1',
    time,
    fieldsType: 'FieldsV1',
    fieldsV1: fieldsV1(fields),
  }))

const owned = (fields: Fields, managers: readonly Manager[]): Owned => ({
  fields,
  managers: managers.filter((one) => one.fields.size > 0),
})

const without = (manager: Manager, fields: ReadonlySet<string>): Manager => ({
  ...manager,
  fields: new Set([...manager.fields].filter((field) => !fields.has(field))),
})

/** An entry whose fields stay the same keeps its time. */
function entry(manager: string, operation: Manager['operation'], fields: Set<string>, before?: Manager): Manager {
  const isSame =
    before !== undefined && before.fields.size === fields.size && [...fields].every((field) => before.fields.has(field))
  return { manager, operation, fields, time: isSame ? before.time : new Date().toISOString().replace(/\.\d+/, '') }
}

interface Tree {
  [name: string]: Tree
}

function fieldsV1(fields: ReadonlySet<string>): Tree {
  const root: Tree = {}
  for (const field of fields) {
    let at = root
    for (const part of pathOf(field)) {
      at[`f:${part}`] ??= {}
      at = at[`f:${part}`] ?? {}
    }
  }
  for (const map of [root['f:data'], root['f:metadata']?.['f:labels'], root['f:metadata']?.['f:annotations']])
    if (map) map['.'] = {}
  return root
}

/** Names of data, labels and annotations may have dots. */
function pathOf(field: string): string[] {
  const [, area, name] = /^(data|metadata\.labels|metadata\.annotations)\.(.*)$/s.exec(field) ?? []
  return area === undefined || name === undefined ? [field] : [...area.split('.'), name]
}
