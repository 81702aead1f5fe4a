import type { Account, Session } from '../connection.ts'
import { secretsPath, whoAmI, whyRefused } from './api.ts'

/**
 * `/v3/self` proves the key, not that it may manage secrets. With a key of one organization, the check therefore lists
 * that organization's secrets as well; an enterprise key is asked when a sync names the organization.
 */
export async function checkDevin({ http }: Session<unknown>): Promise<Account> {
  const { orgId, name } = await whoAmI(http)
  if (orgId !== null) {
    const answer = await http.request({
      method: 'GET',
      path: `${secretsPath(orgId)}?first=1`,
      repeatable: true,
      accept: [401, 403, 404],
    })
    if (answer.status !== 200) throw await whyRefused(http, orgId, answer.status)
  }
  return { label: [name, orgId].filter(Boolean).join(' · ') || 'Devin' }
}
