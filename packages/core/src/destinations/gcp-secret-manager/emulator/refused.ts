/** Google's errors: a status of gRPC in JSON, sometimes with details (2026-11-28). */
import type { ServedAnswer } from '../../shared/emulators/emulator-server.ts'

const STATUSES = {
  INVALID_ARGUMENT: 400,
  FAILED_PRECONDITION: 400,
  UNAUTHENTICATED: 401,
  PERMISSION_DENIED: 403,
  NOT_FOUND: 404,
  ALREADY_EXISTS: 409,
  RESOURCE_EXHAUSTED: 429,
} as const

/** A call that Google refuses. */
export class Refused extends Error {
  readonly status: keyof typeof STATUSES
  readonly details: readonly Record<string, unknown>[]

  constructor(status: keyof typeof STATUSES, message: string, details: readonly Record<string, unknown>[] = []) {
    super(message)
    this.status = status
    this.details = details
  }

  answer(): ServedAnswer {
    const { message, status, details } = this
    const code = STATUSES[status]
    return { status: code, body: { error: { code, message, status, ...(details.length > 0 && { details }) } } }
  }
}

export const permissionDenied = (permission: string, resource: string): Refused =>
  new Refused(
    'PERMISSION_DENIED',
    `Permission '${permission}' denied for resource '${resource}' (or it may not exist).`,
    [errorInfo('IAM_PERMISSION_DENIED', 'iam.googleapis.com', { permission, resource })],
  )

export const serviceDisabled = (service: string, project: string): Refused => {
  const activationUrl = `https://console.developers.google.com/apis/api/${service}/overview?project=${project}`
  return new Refused(
    'PERMISSION_DENIED',
    `Secret Manager API has not been used in project ${project} before or it is disabled. Enable it by visiting ${activationUrl} then retry.`,
    [errorInfo('SERVICE_DISABLED', 'googleapis.com', { service, consumer: `projects/${project}`, activationUrl })],
  )
}

export const notFound = (name: string): Refused =>
  new Refused('NOT_FOUND', `Secret [${name}] not found or has no versions.`)

export const exhausted = (quota: string, project: string): Refused =>
  new Refused(
    'RESOURCE_EXHAUSTED',
    `Quota exceeded for quota metric '${quota}' and limit '${quota} per minute' of service 'secretmanager.googleapis.com' for consumer 'project_number:${project}'.`,
    [errorInfo('RATE_LIMIT_EXCEEDED', 'googleapis.com', { quota_metric: quota, consumer: `projects/${project}` })],
  )

const errorInfo = (
  reason: string,
  domain: string,
  metadata: Readonly<Record<string, string>>,
): Record<string, unknown> => ({ '@type': 'type.googleapis.com/google.rpc.ErrorInfo', reason, domain, metadata })
