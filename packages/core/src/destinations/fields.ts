/** Fields that most credentials have. */
import { withoutTrailingSlashes } from '@keyferry/schemas'
import { z } from 'zod'
import { field, type Field } from './destination.ts'

/** A credential that becomes a header: one with a line break in it would be another header. */
export const tokenField = (meta: Field, { max = 1_000 } = {}): z.ZodString =>
  z
    .string()
    .trim()
    .min(1, `${meta.label} must not be empty`)
    .max(max, `${meta.label} must be at most ${max} characters`)
    .regex(/^[\x21-\x7e]*$/, `${meta.label} must not contain white space or characters outside ASCII`)
    .meta(field({ secret: true, ...meta }))

/** The address of a vendor's API, without a trailing slash; `usual` where nothing is said. */
export const urlField = (usual: string, meta: Field) =>
  z
    .string()
    .trim()
    .max(255, `${meta.label} must be at most 255 characters`)
    .pipe(
      z
        .url({ protocol: /^https?$/, error: `${meta.label} must be a URL such as ${usual}` })
        .refine(isPlain, `${meta.label} must not contain a login, a query or a fragment`)
        .overwrite(withoutTrailingSlashes),
    )
    .default(usual)
    .meta(field(meta))

function isPlain(text: string): boolean {
  const url = URL.parse(text)
  return url !== null && url.username === '' && url.password === '' && url.search === '' && url.hash === ''
}
