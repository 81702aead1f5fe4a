import { usageFailure } from '../failure.ts'

/** Throws `Failure` for a field that is not in `known`: the server drops it, and what it was to change stays. */
export function refuseUnknownFields(fields: object, known: readonly string[]): void {
  const unknown = Object.keys(fields).find((name) => !known.includes(name))
  if (unknown !== undefined)
    throw usageFailure(`There is no field ${unknown}`, known.length > 0 ? `There are: ${known.join(', ')}.` : null)
}

/** `name=text` and `name:=JSON` as an object. Throws `Failure` for anything else. */
export function fieldsOf(assignments: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(
    assignments.map((assignment) => {
      const [, name, json, value = ''] = /^([^=:]+)(:?)=(.*)$/s.exec(assignment) ?? []
      if (name === undefined)
        throw usageFailure(`${assignment} is no field`, 'A field looks like name=text, or name:=true for JSON.')
      return [name, json === '' ? value : parsed(name, value)]
    }),
  )
}

function parsed(name: string, text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw usageFailure(`The value of ${name} is not JSON`, `Write ${name}=… for text.`)
  }
}
