/** The emulated AWS account: its access keys, its role, and what they are allowed to do. */
import { randomBytes } from 'node:crypto'
import { Refused } from './refused.ts'

export const ACCOUNT = '123456789012'
export const REGION = 'eu-central-1'

/** A user or an assumed role. */
export interface Principal {
  arn: string
  userId: string
  /** `action` as IAM names it, such as `ssm:PutParameter`. */
  isAllowed(action: string): boolean
}

/** An access key as the verification of a signature needs it. */
export interface AccessKey {
  accessKeyId: string
  secretAccessKey: string
  /** Of temporary keys only. */
  sessionToken?: string
  /** Milliseconds since 1970; temporary keys only. */
  expiresAt?: number
  principal: Principal
}

export interface Principals {
  /** The user with every right but those that were denied. */
  manager: AccessKey
  /** A user without any right. */
  member: AccessKey
  /** Only the manager may assume it, with this external ID; it has the manager's rights. */
  role: { arn: string; externalId: string }
  find(accessKeyId: string): AccessKey | undefined
  /** Takes these actions away from the manager and the role. */
  deny(...actions: string[]): void
  assume(role: { by: Principal; arn: string; externalId: string | null; session: string; seconds: number }): AccessKey
  /** Ends every temporary key. */
  expireSessions(): void
  /** STS answers in XML whatever is requested: that AssumeRole is answered in JSON is not documented. */
  answersXml: boolean
}

const ROLE = { arn: `arn:aws:iam::${ACCOUNT}:role/keyferry`, externalId: 'keyferry-emulator' }

export function createPrincipals(): Principals {
  const denied = new Set<string>()
  const isAllowed = (action: string): boolean => !denied.has(action)
  const manager: AccessKey = {
    accessKeyId: 'AKIAEMULATORMANAGER0',
    secretAccessKey: 'emulator/manager+wJalrXUtnFEMIK7MDENGbPx',
    principal: { arn: `arn:aws:iam::${ACCOUNT}:user/keyferry`, userId: 'AIDAEMULATORMANAGER0', isAllowed },
  }
  const member: AccessKey = {
    accessKeyId: 'AKIAEMULATORMEMBER00',
    secretAccessKey: 'emulator/member+wJalrXUtnFEMIK7MDENGbPxR',
    principal: {
      arn: `arn:aws:iam::${ACCOUNT}:user/member`,
      userId: 'AIDAEMULATORMEMBER00',
      isAllowed: () => false,
    },
  }
  const keys = new Map([manager, member].map((key) => [key.accessKeyId, key]))
  return {
    manager,
    member,
    role: ROLE,
    answersXml: false,
    find: (accessKeyId) => keys.get(accessKeyId),
    deny: (...actions) => actions.forEach((action) => denied.add(action)),
    assume({ by, arn, externalId, session, seconds }) {
      // The same words for a role that does not exist and one that does not trust the caller.
      if (by !== manager.principal || arn !== ROLE.arn || externalId !== ROLE.externalId)
        throw new Refused(
          'AccessDenied',
          `User: ${by.arn} is not authorized to perform: sts:AssumeRole on resource: ${arn}`,
        )
      const key: AccessKey = {
        accessKeyId: `ASIA${randomBytes(8).toString('hex').toUpperCase()}`,
        secretAccessKey: randomBytes(30).toString('base64'),
        sessionToken: randomBytes(90).toString('base64'),
        expiresAt: Date.now() + seconds * 1000,
        principal: {
          arn: `arn:aws:sts::${ACCOUNT}:assumed-role/keyferry/${session}`,
          userId: `AROAEMULATORROLE0000:${session}`,
          isAllowed,
        },
      }
      keys.set(key.accessKeyId, key)
      return key
    },
    expireSessions() {
      for (const key of keys.values()) if (key.expiresAt !== undefined) key.expiresAt = 0
    },
  }
}
