import { mentionsOf, messageOf } from '../lib/server/errors.ts'
import { LinkedText } from './linked-text.tsx'
import { Notice } from './ui/notice.tsx'

/** Why the server refused what a form or a button requested; nothing when it succeeded. */
export const Refusal = ({ error }: { error: unknown }) =>
  error === undefined || error === null ? null : (
    <Notice kind="bad">
      <LinkedText text={messageOf(error)} mentions={mentionsOf(error)} />
    </Notice>
  )
