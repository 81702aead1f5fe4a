/** How mails are sent. */
import { mailServer, sender } from './formats.ts'
import { setting } from './setting.ts'

export const mail = {
  SMTP_URL: setting(
    mailServer.optional(),
    '`smtp://user:password@host:port`, for alerts, invitations and password resets; TLS is required unless the host is private or `?requireTLS=false` is appended',
    { secret: 'file' },
  ),
  MAIL_FROM: setting(sender.optional(), 'the sender of these mails, such as `Keyferry <keyferry@example.com>`'),
}
