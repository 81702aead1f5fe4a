/** The token that a cluster's tokens are checked with, sealed in the store. */
import type { FederatedAuthTable, Selectable } from '@keyferry/db'
import { organizationKey, type Context } from '@keyferry/kernel'

/** Bound to the row's id, so that a sealed text copied to another row does not open there. */
export async function sealReviewerToken(ctx: Context, id: string, token: string | null): Promise<string | null> {
  return token === null || token === '' ? null : (await organizationKey(ctx)).seal(token, 'kubernetes reviewer', id)
}

/** In clear; null: the cluster is asked with the token that is checked. */
export async function openReviewerToken(
  ctx: Context,
  { id, reviewerToken }: Pick<Selectable<FederatedAuthTable>, 'id' | 'reviewerToken'>,
): Promise<string | null> {
  return reviewerToken === null ? null : (await organizationKey(ctx)).open(reviewerToken, 'kubernetes reviewer', id)
}
