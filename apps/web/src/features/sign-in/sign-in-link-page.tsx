import { Link, useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { Alone } from '../../components/brand.tsx'
import { Button } from '../../components/ui/button.tsx'
import { Notice } from '../../components/ui/notice.tsx'
import { signInByLink } from '../../lib/session/auth.ts'
import { usePageTitle } from '../../lib/pages/crumbs.ts'
import { messageOf } from '../../lib/server/errors.ts'
import { words } from './words.ts'

/**
 * Where the link of `keyferry admin sign-in-link` leads. It is used by a click, so that nothing that only opens links
 * uses it up.
 */
export function SignInLinkPage({ token }: { token: string | undefined }) {
  usePageTitle(words.signInLinkPage.title, false)
  const navigate = useNavigate()
  const [busy, setBusy] = useState(false)
  const [problem, setProblem] = useState<string>()
  const use = async () => {
    setBusy(true)
    try {
      await signInByLink(token ?? '')
      await navigate({ href: '/', replace: true })
    } catch (error) {
      setProblem(messageOf(error))
      setBusy(false)
    }
  }
  return (
    <Alone title={words.signInLinkPage.title} text={words.signInLinkPage.text}>
      {problem !== undefined && <Notice kind="bad">{problem}</Notice>}
      <Button variant="primary" busy={busy} onClick={() => void use()}>
        {words.signInLinkPage.title}
      </Button>
      {problem !== undefined && (
        <Button asChild variant="ghost" size="sm" className="-ml-2.5 w-fit">
          <Link to="/sign-in">{words.signInLinkPage.back}</Link>
        </Button>
      )}
    </Alone>
  )
}
