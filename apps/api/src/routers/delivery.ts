import { deliveryVerbs } from '@keyferry/core/verbs'
import { folderDelivery, secretDelivery } from '@keyferry/schemas'
import { deliveryRoutes } from '../infisical/secrets.ts'
import { query, router } from '../trpc/procedures.ts'
import { unchecked } from '../trpc/unchecked.ts'

const tag = 'Secrets'

export const delivery = router({
  secret: query(deliveryVerbs.secret, {
    weight: 'store',
    tag,
    summary: 'Where a version of a secret has arrived, and whether the value before can be revoked',
    routes: deliveryRoutes.secret,
    output: secretDelivery,
  }),

  folder: query(deliveryVerbs.folder, {
    isCompressed: true,
    weight: 'store',
    tag,
    summary: 'How many destinations have the newest version of each secret of a folder',
    routes: [{ method: 'GET', path: '/api/v1/secret-deliveries' }],
    output: unchecked(folderDelivery),
  }),
})
