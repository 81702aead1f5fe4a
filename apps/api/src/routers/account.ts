import { accountVerbs } from '@keyferry/access/verbs'
import { displayPreferences } from '@keyferry/schemas'
import { mutation, query, router } from '../trpc/procedures.ts'

const tag = 'Account'
const base = '/api/v1/me/display'

export const account = router({
  display: query(accountVerbs.display, {
    tag,
    summary: 'How the console shows things to the caller',
    routes: [{ method: 'GET', path: base, envelope: 'display' }],
    output: displayPreferences,
  }),

  setDisplay: mutation(accountVerbs.setDisplay, {
    tag,
    summary: 'Changes how the console shows things to the caller',
    routes: [{ method: 'PATCH', path: base, envelope: 'display' }],
    output: displayPreferences,
  }),
})
