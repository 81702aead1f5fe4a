/** Lists and writes the variables of one app, one call for each change. */
import { applyEach } from '../shared/clients/apply-each.ts'
import type { Client } from '../destination.ts'
import { deleteVariable, listVariables, putVariable, type App } from './api.ts'

/** Calls in flight. */
const CONCURRENCY = 10

export function exampleVendorClient(app: App): Client {
  return {
    list: async () => {
      const variables = await listVariables(app)
      return variables.map(({ name, value }) => ({ key: name, remoteIds: [], value, flags: {} }))
    },
    apply: (changes, report) =>
      applyEach(
        changes,
        report,
        async (change) => {
          if (change.action === 'delete') await deleteVariable(app, change.key)
          else await putVariable(app, change.key, change.value)
          return []
        },
        { concurrency: CONCURRENCY },
      ),
  }
}
