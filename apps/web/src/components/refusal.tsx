import { messageOf } from '../lib/errors.ts'
import { LinkedText } from './linked-text.tsx'
import { Notice } from './ui/notice.tsx'

/** Why the server did not do what a form or a button asked for; nothing when it did. */
export const Refusal = ({ error }: { error: unknown }) =>
  error === undefined || error === null ? null : (
    <Notice kind="bad">
      <LinkedText text={messageOf(error)} />
    </Notice>
  )
