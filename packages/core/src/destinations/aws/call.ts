/** One call of AWS's JSON services: always `POST /`, the operation in a header (awsJson1.1). */
import type { z } from 'zod'
import { understood } from '../shared/http/understood.ts'
import type { AwsDoor } from './door.ts'
import type { AwsServiceName } from './endpoints.ts'

interface AwsCall<T> {
  operation: string
  input: Readonly<Record<string, unknown>>
  answer: z.ZodType<T>
  /** Of the vendor's rate limits. */
  bucket: string
}

/** What the services call themselves. */
const TARGETS: Readonly<Partial<Record<AwsServiceName, string>>> = {
  ssm: 'AmazonSSM',
  secretsmanager: 'secretsmanager',
  kms: 'TrentService',
}

/**
 * Safe to repeat, as every operation that is called here is: writes carry a token, or the same content. Throws
 * `unavailable` for an answer in another form, and AWS's refusals with their type as `code`.
 */
export async function awsCall<T>(
  { http, service }: AwsDoor,
  { operation, input, answer, bucket }: AwsCall<T>,
): Promise<T> {
  const { body } = await http.request({
    method: 'POST',
    path: '/',
    body: input,
    contentType: 'application/x-amz-json-1.1',
    headers: { 'x-amz-target': `${TARGETS[service]}.${operation}` },
    repeatable: true,
    bucket,
  })
  return understood(answer, body, `AWS returned ${operation}`)
}
