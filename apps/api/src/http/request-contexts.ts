import { bearerOf } from '@keyferry/kernel'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { RequestContext } from '../trpc/context.ts'
import type { admissions } from './admission.ts'
import { credentialsOf, type identifying } from './asking.ts'
import { isLocalProgram, unknownProxy } from './local.ts'
import type { throttles } from './throttle.ts'

interface Options extends Pick<RequestContext, 'ctx' | 'auth' | 'track' | 'instance' | 'readiness'> {
  askingOf: ReturnType<typeof identifying>
  throttleOf: ReturnType<typeof throttles>
  admissionOf: ReturnType<typeof admissions>
}

/** What the procedures get of a request, over tRPC and REST alike. */
export function requestContexts({
  askingOf,
  throttleOf,
  admissionOf,
  ...ofProcess
}: Options): (request: FastifyRequest, reply: FastifyReply) => Promise<RequestContext> {
  return async (request, reply) => {
    const headers = credentialsOf(request)
    const { actor, refusal } = await askingOf(request)
    return {
      ...ofProcess,
      actor: actor && { ...actor, address: request.ip },
      authenticate: () =>
        headers ? ofProcess.auth.actorOf(headers, request.ip, { again: true }) : Promise.resolve(null),
      refusal,
      presented: headers !== null,
      bearer: bearerOf(request.headers.authorization) ?? null,
      throttle: throttleOf(request),
      admission: await admissionOf(request, reply, actor),
      prepare: (output) => Promise.resolve(output),
      keepPlain: () => {
        request.headers['x-no-compression'] = 'true'
      },
      address: request.ip,
      unknownProxy: unknownProxy(request),
      isLocalProgram: isLocalProgram(request),
      reqId: request.id,
    }
  }
}
