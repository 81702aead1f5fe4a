import { z } from 'zod'
import { displayName, id, projectSlug } from '../names/names.ts'

/** A project as an encrypted file. */
export const exportProject = z.object({ projectId: id, passphrase: z.string().min(12).max(1024) })

export const exportedProject = z.object({ file: z.string(), fileName: z.string(), secrets: z.number().int() })

/** Characters of an exported project in a request, whose body has room for no more. */
const MAX_FILE = 4 * 1024 * 1024

export const importProject = z.object({
  file: z.string().min(1).max(MAX_FILE),
  passphrase: z.string().min(1).max(1024),
  projectName: displayName('Project name').optional(),
  slug: projectSlug.optional(),
})

/** The same of a file that an operator has: an export may be larger than a request. */
export const importStoredProject = importProject.extend({ file: z.string().min(1) })
