/**
 * What zod says of a limit or a missing field that has no words of its own: for the user of a form, or the reader of an
 * API error, beside the name of the field. Everything else stays as zod says it.
 */
import { z } from 'zod'

const UNITS = new Map([
  ['string', 'characters'],
  ['array', 'entries'],
])

z.config({
  customError(issue) {
    if (issue.code === 'invalid_type' && issue.input === undefined) return 'Required'
    if (issue.code === 'too_small') {
      const unit = UNITS.get(issue.origin)
      if (unit === undefined) return `Must be at least ${issue.minimum}`
      return Number(issue.minimum) === 1 ? 'Must not be empty' : `Must have at least ${issue.minimum} ${unit}`
    }
    if (issue.code === 'too_big') {
      const unit = UNITS.get(issue.origin)
      return unit === undefined ? `Must be at most ${issue.maximum}` : `Must have at most ${issue.maximum} ${unit}`
    }
    return undefined
  },
})
