import { InvalidArgumentError } from 'commander'

/** The value of an option that is a time, as the API takes it. */
export function time(text: string): string {
  const at = new Date(text)
  if (Number.isNaN(at.getTime())) throw new InvalidArgumentError('It is a time, such as 2026-12-01T08:00:00Z.')
  return at.toISOString()
}
