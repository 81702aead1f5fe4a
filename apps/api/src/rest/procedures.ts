import { z } from 'zod'
import { appRouter } from '../router.ts'
import { inputShape, type InputShape } from './input.ts'
import type { Meta, Route } from './route.ts'

/** One REST route with the procedure that answers it. */
export interface RestRoute {
  route: Route
  meta: Meta
  /** Such as `secrets.list`. */
  procedure: string
  type: 'query' | 'mutation'
  input: InputShape | null
  output: z.ZodType
}

/** A procedure as tRPC keeps it; its types do not show all of this. */
const definition = z.object({
  type: z.enum(['query', 'mutation', 'subscription']),
  meta: z.custom<Meta>((meta) => typeof meta === 'object' && meta !== null && 'routes' in meta, 'has no REST metadata'),
  inputs: z.array(z.instanceof(z.ZodType)).max(1, 'has more than one input schema'),
  output: z.instanceof(z.ZodType).optional(),
})

/** Every REST route, made from the procedures' own metadata and schemas. */
export const restRoutes: readonly RestRoute[] = Object.entries(appRouter._def.procedures).flatMap(
  ([procedure, built]) => {
    const defined = definition.safeParse('_def' in built ? built._def : undefined)
    if (!defined.success) throw new Error(`The procedure ${procedure} ${defined.error.issues[0]?.message}`)
    const { type, meta, inputs, output } = defined.data
    if (type === 'subscription' || meta.routes.length === 0) return []
    if (!output) throw new Error(`The procedure ${procedure} does not declare its output`)
    const [input] = inputs
    const own = input ? inputShape(input) : null
    return meta.routes.map((route) => ({
      route,
      meta,
      procedure,
      type,
      input: route.reads ? inputShape(route.reads.schema) : own,
      output: route.answers?.schema ?? output,
    }))
  },
)
