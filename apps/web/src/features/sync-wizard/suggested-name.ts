import { isBlank, isShown } from '../../lib/forms/form-fields.ts'
import type { Destination } from '../../lib/server/types.ts'
import { slugify } from '../../lib/forms/slugify.ts'
import type { Draft } from './draft.ts'

const LONGEST = 64

/**
 * A name that says where the sync writes, by the provider's own names, such as `payments-api-trigger-prod`. One that
 * is taken gets a number.
 */
export function suggestedName(draft: Draft, destination: Destination, taken: ReadonlySet<string>): string {
  const { fields } = destination.target
  const words = fields
    .filter(
      (field) =>
        field.labelOf === null &&
        ['text', 'url', 'choice', 'select'].includes(field.kind) &&
        isShown(field, draft.target) &&
        !isBlank(draft.target[field.name]) &&
        draft.target[field.name] !== field.defaultValue,
    )
    .map(({ name }) => {
      const label = draft.target[fields.find(({ labelOf }) => labelOf === name)?.name ?? '']
      return String(isBlank(label) ? draft.target[name] : label).replace(/^https?:\/\//, '')
    })
  const [provider = ''] = destination.name.split('-')
  const [first = draft.environment, ...rest] = words
  const name = slugify([first, provider, ...rest].join(' ')).slice(0, LONGEST - 4)
  const numbered = (n: number): string => {
    const tried = n === 1 ? name : `${name.replace(/-$/, '')}-${n}`
    return taken.has(tried) ? numbered(n + 1) : tried
  }
  return numbered(1).replace(/-$/, '')
}
