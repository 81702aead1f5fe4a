/**
 * Loaded into every process of the product (`node --import`): each request to a vendor carries the process it comes
 * from, so that the vendor's side can tell two writers apart. Nothing else of the product is changed.
 */
import { channel } from 'node:diagnostics_channel'

channel('undici:request:create').subscribe((message) => {
  if (message === null || typeof message !== 'object' || !('request' in message)) return
  const { request } = message
  if (hasAddHeader(request)) request.addHeader('x-chaos-process', String(process.pid))
})

interface TaggableRequest {
  addHeader(name: string, value: string): void
}

const hasAddHeader = (request: unknown): request is TaggableRequest =>
  request !== null && typeof request === 'object' && 'addHeader' in request && typeof request.addHeader === 'function'
