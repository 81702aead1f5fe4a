/** Lists in pages, whole or as names only. */
import type { ServedAnswer, ServedRequest } from '../../shared/emulators/emulator-server.ts'
import { type Stored, shown, shownMetadata } from './objects.ts'
import { badRequest, failure } from './status.ts'

interface Item {
  name: string
  metadata: Record<string, unknown>
  whole: Record<string, unknown>
}

/** Page tokens end after five minutes: `epoch` says which are too old. */
export function listed(
  kind: 'Secret' | 'Namespace',
  items: readonly Item[],
  request: ServedRequest,
  epoch: number,
): ServedAnswer {
  const { query, headers } = request
  const selector = query.get('fieldSelector')
  const wanted = selector === null ? undefined : /^metadata\.name=(.*)$/.exec(selector)?.[1]
  if (selector && wanted === undefined) return badRequest(`field label not supported: ${selector.split('=')[0]}`)
  const found = items.filter(({ name }) => wanted === undefined || name === wanted)
  const limit = Number(query.get('limit') ?? 0)
  const from = query.get('continue') ? position(query.get('continue') ?? '', epoch) : 0
  if (from === null)
    return failure(
      410,
      'Expired',
      'The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter.',
    )
  const page = limit > 0 ? found.slice(from, from + limit) : found.slice(from)
  const left = found.length - from - page.length
  const metadata = {
    resourceVersion: '1000',
    ...(left > 0 && {
      continue: Buffer.from(`${epoch}:${from + page.length}`).toString('base64url'),
      remainingItemCount: left,
    }),
  }
  if (headers.accept?.includes('as=PartialObjectMetadataList')) {
    const rows = page.map((item) => ({
      kind: 'PartialObjectMetadata',
      apiVersion: 'meta.k8s.io/v1',
      metadata: item.metadata,
    }))
    return {
      status: 200,
      body: { kind: 'PartialObjectMetadataList', apiVersion: 'meta.k8s.io/v1', metadata, items: rows },
    }
  }
  return {
    status: 200,
    body: { kind: `${kind}List`, apiVersion: 'v1', metadata, items: page.map(({ whole }) => whole) },
  }
}

export const secretItem = (stored: Stored): Item => {
  const { kind: _kind, apiVersion: _apiVersion, ...whole } = shown(stored)
  return { name: stored.name, metadata: shownMetadata(stored), whole }
}

export const namespaceItem = (name: string): Item => {
  const metadata = { name, resourceVersion: '1', labels: { 'kubernetes.io/metadata.name': name } }
  return { name, metadata, whole: { metadata, spec: { finalizers: ['kubernetes'] }, status: { phase: 'Active' } } }
}

function position(token: string, epoch: number): number | null {
  const [of, at] = Buffer.from(token, 'base64url').toString().split(':')
  return Number(of) === epoch ? Number(at) : null
}
