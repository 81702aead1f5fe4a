import { destinationVerbs } from '@keyferry/core/verbs'
import { destination } from '@keyferry/schemas'
import { z } from 'zod'
import { query, router } from '../trpc/procedures.ts'

export const destinations = router({
  list: query(destinationVerbs.list, {
    isCompressed: true,
    tag: 'Destinations',
    summary: 'Every destination with its forms, rules and notes',
    routes: [{ method: 'GET', path: '/api/v1/destinations', envelope: 'destinations' }],
    output: z.array(destination),
  }),
})
