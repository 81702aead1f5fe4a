import { BadRequest } from '@keyferry/kernel'
import { decodeUtf8 } from '@keyferry/schemas'
import type { FastifyInstance, FastifyRequest } from 'fastify'

/** Bytes of a form, which holds a few credentials. */
const LIMIT = 64 * 1024

/** Lets the routes of `app` take forms. A field that stands twice has no one value and is refused. */
export function acceptForms(app: FastifyInstance): void {
  const type = 'application/x-www-form-urlencoded'
  app.addContentTypeParser(type, { parseAs: 'buffer', bodyLimit: LIMIT }, async (_: FastifyRequest, bytes: Buffer) => {
    const text = decodeUtf8(bytes)
    if (text === null) throw new BadRequest('The form is not text in UTF-8')
    const fields = [...new URLSearchParams(text)]
    const values = new Map(fields)
    if (values.size < fields.length) throw new BadRequest('Send each field of the form once')
    return Object.fromEntries(values)
  })
}
