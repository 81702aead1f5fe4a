/** Fields that most credentials and targets have. */
import { X509Certificate } from 'node:crypto'
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

/** A text of one line that has to be given, without the spaces around it. */
export const textField = (meta: Field, { max = 255 } = {}): z.ZodString =>
  text(meta, max).min(1, `${meta.label} must not be empty`).meta(field(meta))

/** The same for one that may be left out. */
export const optionalTextField = (meta: Field, { max = 255 } = {}): z.ZodOptional<z.ZodString> =>
  text(meta, max).optional().meta(field(meta))

const text = ({ label }: Field, max: number): z.ZodString =>
  z
    .string()
    .trim()
    .max(max, `${label} must be at most ${max} characters`)
    // Half a surrogate pair fits in no address: a link to the target could not be made, nor a list that shows it.
    .refine((given) => given.isWellFormed(), `${label} is not valid Unicode text`)

/** The address of a vendor's API that has a host of its own for everybody, without a trailing slash. */
export const addressField = (example: string, meta: Field) =>
  z
    .string()
    .trim()
    .max(255, `${meta.label} must be at most 255 characters`)
    .pipe(
      z
        .url({ protocol: /^https?$/, error: `${meta.label} must be a URL such as ${example}` })
        .refine(isPlain, `${meta.label} must not contain a login, a query or a fragment`)
        .overwrite(withoutTrailingSlashes),
    )
    .meta(field({ placeholder: example, ...meta }))

/** The same with `usual` where nothing is said. */
export const urlField = (usual: string, meta: Field) => addressField(usual, meta).default(usual).meta(field(meta))

/** Certificates of the authorities that signed the host's, for a host that no public authority knows. */
export const caField = z
  .string()
  .trim()
  .max(100_000, 'CA certificate must be at most 100,000 characters')
  .refine(
    (text) => text === '' || isCertificate(text),
    'CA certificate must be PEM text that begins with -----BEGIN CERTIFICATE-----',
  )
  .optional()
  .meta(
    field({
      label: 'CA certificate',
      placeholder: '-----BEGIN CERTIFICATE-----',
      help: "Only for a host whose certificate is signed by the company's or the cluster's own authority.",
      multiline: true,
    }),
  )

function isCertificate(text: string): boolean {
  try {
    return new X509Certificate(text).subject !== undefined
  } catch {
    return false
  }
}

function isPlain(text: string): boolean {
  const url = URL.parse(text)
  return url !== null && url.username === '' && url.password === '' && url.search === '' && url.hash === ''
}
