import { listDestinations } from '@keyferry/core/destinations/list-destinations'
import { destination } from '@keyferry/schemas'
import { z } from 'zod'
import { may, router } from '../trpc/procedures.ts'

export const destinations = router({
  list: may('instance.use')
    .meta({
      tag: 'Destinations',
      summary: 'Every destination with its forms, rules and notes',
      routes: [{ method: 'GET', path: '/api/v1/destinations', envelope: 'destinations' }],
    })
    .output(z.array(destination))
    .query(({ ctx }) => listDestinations(ctx.ctx, ctx.actor, {})),
})
