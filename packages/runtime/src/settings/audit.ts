/** The audit log, and whom to tell of a weakness. */
import { z } from 'zod'
import { contacts, flag, httpUrl, retention, sharedSecret } from './formats.ts'
import { setting } from './setting.ts'

export const audit = {
  KEYFERRY_AUDIT_DAYS: setting(
    retention.default(400),
    'age, from 30, at which entries of the audit log are deleted, or `unlimited`; the rest can still be verified',
  ),
  AUDIT_STREAM_URL: setting(
    httpUrl.optional(),
    'webhook that gets every row of the audit log ([a copy elsewhere](operations.md#a-copy-of-the-audit-log-elsewhere))',
  ),
  AUDIT_STREAM_SECRET: setting(sharedSecret.optional(), 'signs the deliveries to that webhook', { secret: 'file' }),
  AUDIT_STREAM_FILE: setting(z.string().optional(), 'a file that gets the rows as JSON lines'),
  AUDIT_STREAM_STDOUT: setting(flag.default(false), '`true`: stdout gets the rows as JSON lines'),
  SECURITY_CONTACT: setting(
    contacts,
    'URIs between commas, such as `mailto:security@example.com`, for `/.well-known/security.txt`',
  ),
  SECURITY_POLICY: setting(
    z.url({ protocol: /^https$/, error: 'must be a URL that starts with https://' }).optional(),
    'a URL for the same file',
  ),
}
