import { z } from 'zod'

/** A name of the IANA database, as this runtime knows it. */
function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== ''
  } catch {
    return false
  }
}

export const density = z.enum(['compact', 'comfortable'])

const chosen = z.object({
  timeZone: z
    .string()
    .max(64)
    .refine(isTimeZone, 'Unknown time zone: use an IANA name such as Europe/Berlin')
    .nullable()
    .describe('IANA name of the zone in which the console shows times; null: as the device'),
  density: density.describe('How high the rows of tables are'),
})

export const displayPreferences = chosen.meta({ id: 'DisplayPreferences' })
export const setDisplayPreferences = chosen.partial()
