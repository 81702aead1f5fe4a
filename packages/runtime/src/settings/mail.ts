/** How mails are sent. */
import { z } from 'zod'
import { sender } from './formats.ts'
import { setting } from './setting.ts'

export const mail = {
  SMTP_URL: setting(
    z
      .string()
      .regex(/^smtps?:\/\//, 'must start with smtp:// or smtps://')
      .optional(),
    '`smtp://user:password@host:port`, for alerts, invitations and password resets; TLS is required unless the host is private or `?requireTLS=false` is appended',
    { secret: 'file' },
  ),
  MAIL_FROM: setting(sender.optional(), 'the sender of these mails, such as `Keyferry <keyferry@example.com>`'),
}
