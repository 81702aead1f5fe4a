import { accountVerbs } from '@keyferry/access/verbs'
import { displayPreferences } from '@keyferry/schemas'
import { mutation, query, router } from '../trpc/procedures.ts'

const display = (method: 'GET' | 'PATCH', summary: string) => ({
  tag: 'Account',
  summary,
  routes: [{ method, path: '/api/v1/me/display', envelope: 'display' }],
  output: displayPreferences,
})

export const account = router({
  display: query(accountVerbs.display, display('GET', 'How the console shows things to the caller')),
  setDisplay: mutation(accountVerbs.setDisplay, display('PATCH', 'Changes how the console shows things to the caller')),
})
