/**
 * The front of the emulated AWS endpoints: verifies the signature, finds the operation, throttles, checks rights and
 * speaks awsJson1.1. One server answers for the service itself, STS and KMS, as a custom endpoint (LocalStack, a VPC
 * endpoint with a proxy) does.
 */
import { randomUUID } from 'node:crypto'
import type { Emulator, EmulatorOptions } from '../../shared/emulators/emulator.ts'
import {
  startEmulatorServer,
  type EmulatorServer,
  type ServedAnswer,
  type ServedRequest,
} from '../../shared/emulators/emulator-server.ts'
import { kmsAnswer } from './kms.ts'
import { ACCOUNT, createPrincipals, REGION, type Principal, type Principals } from './principals.ts'
import { accessDenied, Refused } from './refused.ts'
import { stsAnswer, stsRefusal } from './sts.ts'
import { verifySignature } from './signature.ts'

/** One call that passed signature and rights. */
export interface AwsCall {
  /** Such as `PutParameter`. */
  operation: string
  /** The parsed JSON body. */
  input: unknown
  principal: Principal
}

export interface AwsService {
  /** As signatures and IAM actions name it, such as `ssm`. */
  name: string
  /** What `x-amz-target` starts with, such as `AmazonSSM`. */
  target: string
  /** The vendor's rate limit: for an operation, whether the call may go ahead. */
  limitedBy(limit: EmulatorOptions['rateLimit']): (operation: string) => boolean
  /** The JSON answer of one call. Throws `Refused`. */
  answer(call: AwsCall): object
}

export interface AwsServer extends EmulatorServer, Pick<Emulator, 'credentials' | 'setRateLimit'> {
  principals: Principals
}

/** STS answers in every region; the others are one region's endpoint. */
const STS_REGIONS = [REGION, 'us-east-1']

export async function startAwsServer(
  { port, latencyMs, rateLimit }: EmulatorOptions,
  service: AwsService,
): Promise<AwsServer> {
  const principals = createPrincipals()
  const kms: AwsService = {
    name: 'kms',
    target: 'TrentService',
    limitedBy: () => () => true,
    answer: (call) => kmsAnswer(call.operation, call.input),
  }
  const services = new Map([service, kms].map((one) => [one.target, one]))
  let takes = service.limitedBy(rateLimit)
  const front: Front = { principals, services, takes: (name, operation) => name !== service.name || takes(operation) }
  const server = await startEmulatorServer({
    port,
    latencyMs,
    loggedAs(headers) {
      const target = String(headers['x-amz-target'] ?? 'sts')
      const [, verb] = /\.(Get|List|Describe|BatchGet|Delete)?/.exec(target) ?? []
      return { method: verb === undefined ? 'POST' : verb === 'Delete' ? 'DELETE' : 'GET', path: `/${target}` }
    },
    handle: (request) =>
      request.headers['content-type']?.startsWith('application/x-www-form-urlencoded')
        ? sts(request, principals)
        : json(request, front),
  })
  const { accessKeyId, secretAccessKey } = principals.manager
  return {
    ...server,
    principals,
    credentials: { accessKeyId, secretAccessKey, endpointUrl: server.url },
    setRateLimit(limit) {
      takes = service.limitedBy(limit)
    },
  }
}

/** The same with the credentials of its role, which are fetched as temporary keys. */
export const assumingRole = <Started extends Emulator & { principals: Principals }>(started: Started): Started => ({
  ...started,
  method: 'assume-role',
  credentials: {
    ...started.credentials,
    roleArn: started.principals.role.arn,
    externalId: started.principals.role.externalId,
  },
  expireTokens: started.principals.expireSessions,
})

interface Front {
  principals: Principals
  /** By what `x-amz-target` starts with. */
  services: ReadonlyMap<string, Pick<AwsService, 'name' | 'answer'>>
  takes(service: string, operation: string): boolean
}

async function sts(request: ServedRequest, principals: Principals): Promise<ServedAnswer> {
  try {
    const scope = { service: 'sts', regions: STS_REGIONS }
    const { principal } = await verifySignature(request, principals.find, scope)
    return stsAnswer(request, principal, principals)
  } catch (error) {
    if (error instanceof Refused) return stsRefusal(request, error, principals)
    throw error
  }
}

async function json(request: ServedRequest, { principals, services, takes }: Front): Promise<ServedAnswer> {
  try {
    const [target = '', operation = ''] = String(request.headers['x-amz-target'] ?? '').split('.')
    const service = services.get(target)
    const isJson = request.headers['content-type'] === 'application/x-amz-json-1.1'
    if (request.method !== 'POST' || request.path !== '/' || !isJson || !service)
      throw new Refused('UnknownOperationException', 'Unknown operation')
    const scope = { service: service.name, regions: [REGION] }
    const { principal } = await verifySignature(request, principals.find, scope)
    if (!takes(service.name, operation)) throw new Refused('ThrottlingException', 'Rate exceeded')
    const input = bodyOf(request.text)
    const action = `${service.name}:${operation}`
    if (!principal.isAllowed(action))
      throw accessDenied(principal.arn, action, `arn:aws:${service.name}:${REGION}:${ACCOUNT}:*`)
    return written(200, service.answer({ operation, input, principal }))
  } catch (error) {
    if (error instanceof Refused) return refusal(error)
    throw error
  }
}

function bodyOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new Refused('SerializationException', 'The body is not JSON')
  }
}

/** What the front itself refuses carries a namespace and `Message`, what the services refuse neither. */
const OF_THE_FRONT = new Set([
  'UnrecognizedClientException',
  'InvalidSignatureException',
  'IncompleteSignature',
  'MissingAuthenticationTokenException',
  'ExpiredTokenException',
  'SerializationException',
  'UnknownOperationException',
])

/** Always 400: only the type distinguishes a wrong key from a missing one, and both from throttling. */
const refusal = ({ code, message }: Refused): ServedAnswer =>
  written(
    400,
    OF_THE_FRONT.has(code)
      ? { __type: `com.amazon.coral.service#${code}`, Message: message }
      : { __type: code, message },
  )

const written = (status: number, body: object): ServedAnswer => ({
  status,
  headers: { 'content-type': 'application/x-amz-json-1.1', 'x-amzn-requestid': randomUUID() },
  body,
})
