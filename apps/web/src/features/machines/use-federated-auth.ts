import {
  attachJwtAuth,
  attachKubernetesAuth,
  attachOidcAuth,
  jwtAuthSetting,
  kubernetesAuthSetting,
  oidcAuthSetting,
  updateJwtAuth,
  updateKubernetesAuth,
  updateOidcAuth,
  type FederatedMethod,
} from '@keyferry/schemas'
import type { z } from 'zod'
import { markStale } from '../../lib/server/stale.ts'
import { toast } from '../../lib/toast.ts'
import { trpc } from '../../lib/server/trpc.ts'
import { FEDERATED_FIELDS, FEDERATED_LABELS, type FederatedValues } from './federated-auth.ts'
import { words } from './words.ts'

/** Reads and changes the way of `method`; the three have procedures of the same form. */
export function useFederatedAuth(identityId: string, method?: FederatedMethod) {
  const { client } = trpc.useUtils()
  const enabled = (one: FederatedMethod) => ({ enabled: method === one })
  const auths = {
    'oidc-auth': trpc.oidcAuth.get.useQuery({ identityId }, enabled('oidc-auth')),
    'jwt-auth': trpc.jwtAuth.get.useQuery({ identityId }, enabled('jwt-auth')),
    'kubernetes-auth': trpc.kubernetesAuth.get.useQuery({ identityId }, enabled('kubernetes-auth')),
  }
  const routers = {
    'oidc-auth': client.oidcAuth,
    'jwt-auth': client.jwtAuth,
    'kubernetes-auth': client.kubernetesAuth,
  }
  const done = async (text: string): Promise<void> => {
    toast.success(text)
    await markStale('federated-auth')
  }
  return {
    auth: method && auths[method],
    async attach(one: FederatedMethod, values: FederatedValues) {
      const input = withinRules(one, { identityId, ...keyed(one, values) })
      if (one === 'oidc-auth') await client.oidcAuth.attach.mutate(checked(one, attachOidcAuth, input))
      else if (one === 'jwt-auth') await client.jwtAuth.attach.mutate(checked(one, attachJwtAuth, input))
      else await client.kubernetesAuth.attach.mutate(checked(one, attachKubernetesAuth, input))
      await done(words.useFederatedAuth.setUp(FEDERATED_LABELS[one]))
    },
    /** Saves the fields that were `typed` into; what the others show may be old. */
    async update(
      one: FederatedMethod,
      values: FederatedValues,
      { typed, ifUpdatedAt }: { typed: ReadonlySet<string>; ifUpdatedAt: string },
    ) {
      const whole = withinRules(one, { identityId, ...keyed(one, values) })
      const fields = new Set(Object.keys(values))
      const changes = Object.entries(whole).filter(([name]) => typed.has(name) || !fields.has(name))
      const input = { ...Object.fromEntries(changes), ifUpdatedAt }
      if (one === 'oidc-auth') await client.oidcAuth.update.mutate(checked(one, updateOidcAuth, input))
      else if (one === 'jwt-auth') await client.jwtAuth.update.mutate(checked(one, updateJwtAuth, input))
      else await client.kubernetesAuth.update.mutate(checked(one, updateKubernetesAuth, input))
      await done(words.useFederatedAuth.saved(FEDERATED_LABELS[one]))
    },
    async detach(one: FederatedMethod) {
      await routers[one].detach.mutate({ identityId })
      await done(words.useFederatedAuth.removed(FEDERATED_LABELS[one]))
    },
  }
}

/** Keys come from the URL if there is one. */
const keyed = (method: FederatedMethod, values: FederatedValues): FederatedValues =>
  method === 'jwt-auth' ? { ...values, configurationType: values['jwksUrl'] === '' ? 'static' : 'jwks' } : values

const RULES = {
  'oidc-auth': oidcAuthSetting,
  'jwt-auth': jwtAuthSetting,
  'kubernetes-auth': kubernetesAuthSetting,
}

/** The same values, if they keep the rules that concern several fields. */
function withinRules(method: FederatedMethod, values: FederatedValues): FederatedValues {
  checked(method, RULES[method], values)
  return values
}

/** Throws an error that names the field by its label. */
function checked<S extends z.ZodType>(method: FederatedMethod, schema: S, input: FederatedValues): z.output<S> {
  const { data, error } = schema.safeParse(input)
  if (!error) return data
  const [issue] = error.issues
  const field = FEDERATED_FIELDS[method].find(({ name }) => name === issue?.path[0])
  throw new Error(`${field?.label ?? words.useFederatedAuth.tokens}: ${issue?.message}`)
}
