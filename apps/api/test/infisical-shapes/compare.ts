/**
 * The fields of the answers that a real Infisical server of June 2025 gave: by route, `shapes.json` has the path of
 * each field and the kinds of its values. Values and sentences were never kept.
 */
import { readFileSync } from 'node:fs'
import { z } from 'zod'

const routes = z.record(z.string(), z.record(z.string(), z.string()))

/** By route, the kinds of each field: `uuid`, `time`, `string`, `number`, `boolean`, `null` or `list`. */
const SHAPES = routes.parse(JSON.parse(readFileSync(new URL('shapes.json', import.meta.url), 'utf8')))

/** Fields that are null on purpose, by their name. */
const NULL: Record<string, string> = {
  createdBy: 'the audit log says who created a tag',
  createdByActorType: 'the audit log says who created a tag',
  pitVersionLimit: 'versions are kept by age and number, for the whole instance',
  description: 'where none was given, as at Infisical',
  lastSyncJobId: 'before the first run, as at Infisical',
  lastSyncedAt: 'before the first run, as at Infisical',
}

const compared = new Set<string>()
/** Recorded routes of which no answer was compared yet. */
export const notCompared = (): string[] => Object.keys(SHAPES).filter((route) => !compared.has(route))

/** What a client would miss in an answer: recorded fields that it lacks, or whose value is of another kind. */
export function missingIn(
  route: { method: string; path: string },
  answer: { status: number; body: unknown },
): string[] {
  const name = `${route.method} ${route.path}`
  const shape = SHAPES[name]
  if (!shape || answer.status !== 200) return []
  compared.add(name)
  const found = new Map<string, Set<string>>()
  collect(answer.body, '', found)
  return Object.entries(shape).flatMap(([path, recorded]) => {
    // Nothing is known of the items of a list that is empty, nor of the fields of something that is null.
    const around = path.split('.').slice(0, -1).join('.')
    if (around !== '' && !found.get(around)?.has('object')) return []
    const kinds = found.get(path)
    if (!kinds && path.endsWith('[]')) return []
    if (!kinds) return [`${path} is missing`]
    const field = path.split('.').at(-1) ?? ''
    const wrong = [...kinds].filter((kind) => !fits(kind, recorded.split(' | ')) && !(kind === 'null' && field in NULL))
    return wrong.map((kind) => `${path} is ${kind}, recorded as ${recorded}`)
  })
}

/** What was only seen as null may be anything. */
const fits = (kind: string, recorded: readonly string[]): boolean =>
  recorded.includes(kind) ||
  recorded.join() === 'null' ||
  (recorded.includes('string') && kind !== 'null' && TEXTS.has(kind))

const TEXTS = new Set(['uuid', 'time', 'string'])

function collect(value: unknown, path: string, found: Map<string, Set<string>>): void {
  const kinds = found.get(path) ?? new Set()
  found.set(path, kinds.add(kindOf(value)))
  if (Array.isArray(value)) for (const item of value) collect(item, `${path}[]`, found)
  else if (value !== null && typeof value === 'object')
    for (const [name, field] of Object.entries(value)) collect(field, path === '' ? name : `${path}.${name}`, found)
}

function kindOf(value: unknown): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'list'
  if (typeof value !== 'string') return typeof value
  if (/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(value)) return 'uuid'
  return /^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(value) ? 'time' : 'string'
}
